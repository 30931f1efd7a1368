import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { uptime } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCli } from "../../../src/cli.ts";
import { parseRoleCredentials } from "../../../src/credentialProcess.ts";
import { EXIT_CODE } from "../../../src/errors.ts";
import { inventoryFile } from "../../../src/init/inventoryFile.ts";
import { identifyProcess } from "../../../src/system/processIdentity.ts";
import { fakeClock } from "../../support/fakeClock.ts";
import { type FakeSystem, fakeSystem } from "../../support/fakeSystem.ts";
import {
  type Home,
  isoSeconds,
  makeHome,
  registrationPath,
  roleFile,
  rolePath,
  START_URL,
  sessionSection,
  sha1,
  tokenPath,
} from "../../support/home.ts";
import { ssoSession } from "../../support/sessions.ts";
import { anyBytes, expectUnpolluted, FUZZ_TIMEOUT, mistypedFields, runs, spoiled } from "./fuzzing.ts";

const ACCOUNT = "123456789011";
const MAIN_JOB = ["corp", "--account-id", ACCOUNT, "--role-name", "ReadOnly"];
const NOW = Date.now();
const LATER = isoSeconds(NOW + 3_600_000);

let home: Home;
beforeAll(async () => {
  home = await makeHome({ config: sessionSection("corp") });
});
afterAll(() => home.remove());

const mine = identifyProcess();
const state = (fields: object) => ({ format: 1, ...mine, ...fields });
const rolePart = (path: string) => `.aws/sso-cred/attempts/${path.slice(-45)}`;
const failure = { kind: "login-required", message: "no", remedy: { run: "x", open: "https://x" } };
const role = roleFile(NOW + 3_600_000, ACCOUNT);
const scopes = ["sso:account:access"];

/** Every file that a run reads, by its place in the home, as it looks when it is good. */
const FILES: Readonly<Record<string, Record<string, unknown>>> = {
  [tokenPath("corp")]: {
    startUrl: START_URL,
    region: "eu-west-1",
    accessToken: "at",
    expiresAt: isoSeconds(NOW - 60_000),
    clientId: "ci",
    clientSecret: "cs",
    registrationExpiresAt: LATER,
    refreshToken: "rt",
  },
  [registrationPath({ region: "eu-west-1", scopes, sessionName: "corp", startUrl: START_URL })]: {
    clientId: "ci",
    clientSecret: "cs",
    expiresAt: LATER,
    scopes,
    grantTypes: ["authorization_code", "refresh_token"],
  },
  [rolePath("corp", ACCOUNT, "ReadOnly")]: { ...role, SsoCred: { session: "corp" } },
  [`.aws/sso-cred/logins/${sha1("corp")}.json`]: state({
    id: "0123456789abcdef",
    session: ssoSession(),
    grant: "device",
    browser: false,
    asker: "aws (process 1)",
    startedUptime: uptime(),
    state: "open",
    url: "https://x/",
    urlWithCode: "https://x/?c",
    userCode: "ABCD-EFGH",
    opened: false,
    failure,
  }),
  [`.aws/sso-cred/attempts/${sha1("corp")}.json`]: state({ at: NOW - 1_000, failure }),
  [rolePart(rolePath("corp", ACCOUNT, "ReadOnly"))]: state({ at: NOW - 1_000, failure }),
  [`.aws/sso-cred/silence/${sha1("corp")}.json`]: state({ at: NOW - 1_000, until: NOW + 900_000, count: 1 }),
  [`.aws/sso-cred/locks/token-${sha1("corp")}`]: state({ id: "1-a" }),
  [`.aws/sso-cred/locks/login-${sha1("corp")}`]: state({ id: "1-a" }),
};
const PATHS = Object.keys(FILES);

const content = (path: string) => {
  const good = FILES[path] as Record<string, unknown>;
  return fc.oneof(
    { arbitrary: mistypedFields(good).map((text) => Buffer.from(text)), weight: 4 },
    { arbitrary: spoiled(fc.constant(JSON.stringify(good))), weight: 2 },
    anyBytes,
  );
};

/** Some of the files, each of them good, mistyped, spoiled or nothing of the kind. */
const disk = fc.record(Object.fromEntries(PATHS.map((path) => [path, content(path)])), { requiredKeys: [] });

function lay(files: Record<string, Buffer | undefined>): void {
  for (const folder of [".aws/sso", ".aws/cli", ".aws/sso-cred"]) {
    rmSync(join(home.path, folder), { recursive: true, force: true });
  }
  for (const [path, bytes] of Object.entries(files)) {
    if (bytes === undefined) continue;
    mkdirSync(join(home.path, dirname(path)), { recursive: true });
    writeFileSync(join(home.path, path), bytes);
  }
}

/** Nothing answers at the endpoints, nobody is asked in earnest, and a second has to do. */
function callerOf(SSO_CRED_LOGIN: string): FakeSystem {
  const env = { HOME: home.path, AWS_ENDPOINT_URL: "http://127.0.0.1:1", SSO_CRED_WAIT: "1", SSO_CRED_LOGIN };
  return fakeSystem({ env, clock: fakeClock(NOW), terminal: "pts-1" });
}

const documented = Object.values(EXIT_CODE).filter((code) => code !== EXIT_CODE.unexpected);

test(
  "whatever the caches and our own files hold, the main job prints live credentials or one clean sentence",
  FUZZ_TIMEOUT,
  async () => {
    const mode = fc.constantFrom("never", "device", "browser");
    await fc.assert(
      fc.asyncProperty(disk, mode, async (files, login) => {
        lay(files);
        const system = callerOf(login);
        const code = await runCli(MAIN_JOB, system);
        if (code === 0) {
          const { Expiration, AccountId, ...keys } = JSON.parse(system.stdout);
          expect(Date.parse(Expiration)).toBeGreaterThan(NOW);
          expect(AccountId).toBe(ACCOUNT);
          expect(Object.values(keys).every(Boolean)).toBe(true);
          return;
        }
        expect(documented).toContain(code);
        expect(system.stdout).toBe("");
        expect(system.stderr).toMatch(/^sso-cred: [^\p{Cc}]+\n( {2}(run|open): [^\p{Cc}]+\n)*$/u);
        expect(system.shown.replaceAll("\r\n", "")).not.toMatch(/\p{Cc}/u);
      }),
      runs(120, 6_000),
    );
    expectUnpolluted();
  },
);

test.each([
  ["status", [0, 4]],
  ["status --json", [0, 4]],
  ["logout", [0]],
  ["logout --all", [0]],
  ["list", [3, 4, 7]],
])("whatever the caches and our own files hold, %s ends with %j", FUZZ_TIMEOUT, async (command, codes) => {
  await fc.assert(
    fc.asyncProperty(disk, async (files) => {
      lay(files);
      const system = callerOf("never");
      expect(codes).toContain(await runCli(command.split(" "), system));
      expect(system.stdout.replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
      if (command === "status --json") expect(JSON.parse(system.stdout)).toHaveLength(1);
    }),
    runs(25, 5_000),
  );
  expectUnpolluted();
});

test("whatever a file of role credentials holds, all of it is text and none of it another account's", () => {
  fc.assert(
    fc.property(content(rolePath("corp", ACCOUNT, "ReadOnly")), (bytes) => {
      const found = parseRoleCredentials(bytes.toString(), ACCOUNT);
      if (!found) return;
      const { expiration, ...texts } = found;
      expect(Number.isSafeInteger(expiration)).toBe(true);
      expect(Object.values(texts).every((text) => typeof text === "string" && text !== "")).toBe(true);
    }),
    runs(800, 5_000),
  );
});

test("whatever a remembered listing holds, it gives accounts and roles or nothing", () => {
  const system = callerOf("never");
  const path = `.aws/sso-cred/inventory-${sha1("corp")}.json`;
  const good = state({
    at: NOW - 1_000,
    owner: sha1("inventory of at"),
    accounts: [{ accountId: ACCOUNT, accountName: "n", emailAddress: "e" }],
    roles: { [ACCOUNT]: ["ReadOnly"] },
  });
  const bytes = fc.oneof(mistypedFields(good).map(Buffer.from), spoiled(fc.constant(JSON.stringify(good))));
  fc.assert(
    fc.property(bytes, (text) => {
      lay({ [path]: Buffer.from(text) });
      const memory = inventoryFile(ssoSession(), "at", system);
      for (const account of memory.accounts() ?? []) expect(typeof account.accountId).toBe("string");
      for (const id of [ACCOUNT, "__proto__", "constructor"]) {
        expect((memory.roles(id) ?? []).every((name) => typeof name === "string")).toBe(true);
      }
    }),
    runs(200, 5_000),
  );
  expectUnpolluted();
});
