import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { runCli } from "../../../../src/cli/cli.ts";
import { runLoginWorker } from "../../../../src/signIn/worker/loginWorker.ts";
import { fakeClock } from "../../../support/fakeClock.ts";
import { type FakeSystem, fakeSystem } from "../../../support/fakeSystem.ts";
import { makeHome, START_URL, sessionSection, tokenFile, tokenPath } from "../../../support/home.ts";
import { ACCOUNT, MAIN_JOB } from "./homeFiles.ts";
import { assertClean, assertOrderly } from "./outcome.ts";

export interface ServiceResponse {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

/** The response for each path; a missing path gets a valid one. */
export type Responses = Partial<Record<string, ServiceResponse>>;

const CONFIG = sessionSection("corp");
const LATER = 4_000_000_000_000;
/** A valid response for each path. Polling comes to an end. */
export const GOOD_RESPONSES: Readonly<Record<string, Record<string, unknown>>> = {
  "/federation/credentials": {
    roleCredentials: { accessKeyId: "AK", secretAccessKey: "SK", sessionToken: "ST", expiration: LATER },
  },
  "/client/register": { clientId: "ci", clientSecret: "cs", clientSecretExpiresAt: LATER / 1000 },
  "/device_authorization": {
    deviceCode: "dc",
    userCode: "ABCD-EFGH",
    verificationUri: "https://example.com/d",
    verificationUriComplete: "https://example.com/d?c",
    expiresIn: 30,
    interval: 5,
  },
  "/token": { accessToken: "at2", tokenType: "Bearer", expiresIn: 3600, refreshToken: "rt2" },
  "/assignment/accounts": {
    accountList: [{ accountId: ACCOUNT, accountName: "n", emailAddress: "e" }],
    nextToken: null,
  },
  "/assignment/roles": { roleList: [{ roleName: "ReadOnly", accountId: ACCOUNT }], nextToken: null },
  "/logout": {},
};

export const goodResponse = (path: string): ServiceResponse => ({
  status: path in GOOD_RESPONSES ? 200 : 404,
  headers: { "content-type": "application/json" },
  body: Buffer.from(JSON.stringify(GOOD_RESPONSES[path] ?? {})),
});

/**
 * Portal and OIDC service that respond as told, over real HTTP; callers with homes of their own.
 */
export async function serviceResponses() {
  let responses: Responses = {};
  const home = await makeHome({ config: CONFIG });
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://x");
    const made = responses[pathname] ?? goodResponse(pathname);
    request.resume().on("end", () => {
      response.writeHead(made.status, made.headers).end(made.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  /** A caller with or without a token. Its workers run in this process. */
  async function call(args: readonly string[], tokenExpiresAt: number | undefined, login: string) {
    const clock = fakeClock(Date.now());
    // A company's own start URL on a command line must not be requested.
    const HTTPS_PROXY = "http://127.0.0.1:1";
    const env = { HOME: home.path, AWS_ENDPOINT_URL: url, HTTPS_PROXY, SSO_CRED_LOGIN: login };
    for (const folder of [".aws/sso", ".aws/cli", ".aws/sso-cred"]) {
      rmSync(join(home.path, folder), { recursive: true, force: true });
    }
    if (tokenExpiresAt !== undefined)
      await home.write(tokenPath("corp"), cachedToken(tokenExpiresAt, clock.now()));
    const workers: Promise<void>[] = [];
    const system = fakeSystem({
      env,
      clock,
      terminal: "pts-1",
      startDetached: ([, key = "", id = ""]) => {
        workers.push(runLoginWorker(key, id, fakeSystem({ env, clock, browser: "none" })));
      },
    });
    const code = await runCli(args, system);
    await Promise.all(workers);
    // A diff for a pipe holds the file's own bytes, so that it can be applied.
    const isDiff = args.includes("--dry-run") && !args.includes("--json");
    if (args[0] === "init")
      assertClean(code, isDiff ? { stdout: "", stderr: system.stderr, shown: system.shown } : system);
    else if (args[0] === "list" && code === 0) assertClean(code, system);
    else assertOrderly(code, system);
    return { code, system };
  }

  /** Printed credentials are whole, valid, and those of the portal. */
  function assertDocument({ stdout, clock }: FakeSystem): void {
    const printed = JSON.parse(stdout);
    assert.deepEqual(Object.keys(printed), [
      "Version",
      "AccessKeyId",
      "SecretAccessKey",
      "SessionToken",
      "Expiration",
      "AccountId",
    ]);
    assert.ok(Date.parse(printed.Expiration) > clock.now(), printed.Expiration);
    const path = "/federation/credentials";
    const sent = JSON.parse((responses[path] ?? goodResponse(path)).body.toString()).roleCredentials;
    assert.deepEqual(
      [printed.AccessKeyId, printed.SecretAccessKey, printed.SessionToken],
      [sent.accessKeyId, sent.secretAccessKey, sent.sessionToken],
    );
  }

  return {
    /** The main job prints whole, valid credentials or one clean message. */
    async mainJobHolds(given: Responses, tokenExpiresAt: number): Promise<void> {
      responses = given;
      const { code, system } = await call(MAIN_JOB, tokenExpiresAt, "never");
      if (code === 0) assertDocument(system);
      else assert.equal(system.stdout, "");
    },
    /** A sign-in (`device` or `browser`, without a real browser) ends in order. */
    async signInHolds(given: Responses, login: string): Promise<void> {
      responses = given;
      const { code, system } = await call(MAIN_JOB, undefined, login);
      if (code === 0) assertDocument(system);
    },
    /** `list` prints clean text, as a table and as JSON. */
    async listHolds(given: Responses, args: readonly string[]): Promise<void> {
      responses = given;
      const { code, system } = await call(args, Date.now() + 3_600_000, "never");
      if (code !== 0) return;
      const isNothing = system.stdout === "";
      assert.equal(system.stderr, isNothing ? "No account and role is assigned to you in 'corp'.\n" : "");
      if (args.includes("--json")) assert.ok(Array.isArray(JSON.parse(system.stdout)));
    },
    /** A logout removes the local files and ends with 0. */
    async logoutHolds(given: Responses): Promise<void> {
      responses = given;
      const { code } = await call(["logout"], Date.now() + 3_600_000, "never");
      assert.deepEqual([code, await home.files(".aws/sso")], [0, []]);
    },
    /** `init` fails or writes, and then a second run changes nothing. Returns whether it wrote. */
    async initHolds(given: Responses, config: Uint8Array, flags: readonly string[]): Promise<boolean> {
      responses = given;
      const line = ["init", "corp", "--command", "sso-cred", "--yes", ...flags];
      try {
        writeFileSync(home.configFile, config);
        const first = await call(line, Date.now() + 3_600_000, "never");
        const written = readFileSync(home.configFile);
        if (first.code === 0) {
          const second = await call(line, Date.now() + 3_600_000, "never");
          assert.equal(second.code, 0, second.system.stderr);
        }
        assert.deepEqual(readFileSync(home.configFile), first.code === 0 ? written : Buffer.from(config));
        return first.code === 0;
      } finally {
        writeFileSync(home.configFile, CONFIG);
      }
    },
    async close(): Promise<void> {
      server.closeAllConnections();
      server.close();
      await home.remove();
    },
  };
}

function cachedToken(expiresAt: number, now: number) {
  return tokenFile({
    ...{ startUrl: START_URL, region: "eu-west-1", accessToken: "at", expiresAt },
    ...{ clientId: "ci", clientSecret: "cs", refreshToken: "rt", registrationExpiresAt: now + 1e9 },
  });
}
