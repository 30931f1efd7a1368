import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { uptime } from "node:os";
import { dirname, join } from "node:path";
import { runCli } from "../../../../src/cli/cli.ts";
import { credentialProcessOutput, parseRoleCredentials } from "../../../../src/hit/credentialProcess.ts";
import { inventoryFile } from "../../../../src/inventory/inventoryFile.ts";
import { identifyProcess } from "../../../../src/platform/processIdentity.ts";
import { fakeClock } from "../../../support/fakeClock.ts";
import { type FakeSystem, fakeSystem } from "../../../support/fakeSystem.ts";
import {
  type Home,
  isoSeconds,
  registrationPath,
  roleFile,
  rolePath,
  START_URL,
  sha1,
  tokenPath,
} from "../../../support/home.ts";
import { ssoSession } from "../../../support/sessions.ts";
import { assertOrderly } from "./outcome.ts";

export const ACCOUNT = "123456789011";
export const MAIN_JOB = ["corp", "--account-id", ACCOUNT, "--role-name", "ReadOnly"];
export const ROLE_FILE = rolePath("corp", ACCOUNT, "ReadOnly");
export const INVENTORY_FILE = `.aws/sso-cred/inventory-${sha1("corp")}.json`;

type Fields = Record<string, unknown>;

/** Every file that a run reads, by its path in the home, with a content that is valid at `now`. */
export function goodFiles(now: number): Readonly<Record<string, Fields>> {
  const later = isoSeconds(now + 3_600_000);
  const mine = identifyProcess();
  const state = (fields: Fields) => ({ format: 1, ...mine, ...fields });
  const failure = { kind: "login-required", message: "no", remedy: { run: "x", open: "https://x" } };
  const scopes = ["sso:account:access"];
  return {
    [tokenPath("corp")]: {
      startUrl: START_URL,
      region: "eu-west-1",
      accessToken: "at",
      expiresAt: isoSeconds(now - 60_000),
      clientId: "ci",
      clientSecret: "cs",
      registrationExpiresAt: later,
      refreshToken: "rt",
    },
    [registrationPath({ region: "eu-west-1", scopes, sessionName: "corp", startUrl: START_URL })]: {
      clientId: "ci",
      clientSecret: "cs",
      expiresAt: later,
      scopes,
      grantTypes: ["authorization_code", "refresh_token"],
    },
    [ROLE_FILE]: { ...roleFile(now + 3_600_000, ACCOUNT), SsoCred: { session: "corp" } },
    [`.aws/sso-cred/logins/${sha1("corp")}.json`]: state({
      id: "0123456789abcdef",
      session: ssoSession(),
      grant: "device",
      browser: false,
      caller: "aws (process 1)",
      startedUptime: uptime(),
      state: "open",
      url: "https://x/",
      urlWithCode: "https://x/?c",
      userCode: "ABCD-EFGH",
      opened: false,
      failure,
      deviceFallback: true,
      replaces: sha1("mark of other"),
    }),
    [`.aws/sso-cred/attempts/${sha1("corp")}.json`]: state({
      ...{ at: now - 1_000, failure, tokenFingerprint: sha1("mark of at"), route: "01234567" },
    }),
    [`.aws/sso-cred/attempts/${ROLE_FILE.slice(-45)}`]: state({ at: now - 1_000, failure }),
    [`.aws/sso-cred/backoff/${sha1("corp")}.json`]: state({
      ...{
        end: "failed",
        at: now - 1_000,
        until: now + 900_000,
        count: 1,
        failure,
        settings: sha1(`${START_URL} eu-west-1`),
      },
    }),
    [`.aws/sso-cred/locks/token-${sha1("corp")}`]: state({ id: "1-a" }),
    [`.aws/sso-cred/locks/login-${sha1("corp")}`]: state({ id: "1-a" }),
  };
}

/** A listing, as `init` and `list` remember it. */
export function goodInventory(now: number): Fields {
  return {
    ...{ format: 1, ...identifyProcess(), at: now - 1_000, owner: sha1("inventory of at") },
    accounts: [{ accountId: ACCOUNT, accountName: "n", emailAddress: "e" }],
    roles: { [ACCOUNT]: ["ReadOnly"] },
  };
}

/** Replaces all files of earlier runs. */
export function layFiles(home: Home, files: Readonly<Record<string, Uint8Array | undefined>>): void {
  for (const folder of [".aws/sso", ".aws/cli", ".aws/sso-cred"]) {
    rmSync(join(home.path, folder), { recursive: true, force: true });
  }
  for (const [path, bytes] of Object.entries(files)) {
    if (bytes === undefined) continue;
    mkdirSync(join(home.path, dirname(path)), { recursive: true });
    writeFileSync(join(home.path, path), bytes);
  }
}

/** No endpoint responds, nobody is asked, and a run gets one second. */
export function lonelyCaller(home: Home, now: number, SSO_CRED_LOGIN: string): FakeSystem {
  const env = { HOME: home.path, AWS_ENDPOINT_URL: "http://127.0.0.1:1", SSO_CRED_WAIT: "1", SSO_CRED_LOGIN };
  return fakeSystem({ env, clock: fakeClock(now), terminal: "pts-1" });
}

/** The main job prints valid credentials or one clean message. */
export async function mainJobHolds(system: FakeSystem): Promise<void> {
  const now = system.now();
  const code = await runCli(MAIN_JOB, system);
  assertOrderly(code, system);
  if (code !== 0) return assert.equal(system.stdout, "");
  const { Expiration, AccountId, ...keys } = JSON.parse(system.stdout);
  assert.ok(Date.parse(Expiration) > now, Expiration);
  assert.equal(AccountId, ACCOUNT);
  assert.ok(Object.values(keys).every(Boolean));
}

/** The allowed ends of each command for people if nobody and nothing responds. */
export const COMMANDS: readonly (readonly [command: string, codes: readonly number[]])[] = [
  ["status", [0, 4]],
  ["status --json", [0, 4]],
  ["logout", [0]],
  ["logout --all", [0]],
  ["list", [3, 4, 7]],
];

export async function commandHolds(
  command: string,
  codes: readonly number[],
  system: FakeSystem,
): Promise<void> {
  const code = await runCli(command.split(" "), system);
  assert.ok(codes.includes(code), `exit ${code}: ${system.stderr}`);
  assert.doesNotMatch(system.stdout.replaceAll("\n", ""), /\p{Cc}/u);
  if (command === "status --json") assert.equal(JSON.parse(system.stdout).length, 1);
}

/** A file of role credentials gives only text, and nothing of another account. */
export function roleFileHolds(bytes: Buffer): void {
  const found = parseRoleCredentials(bytes.toString(), ACCOUNT);
  if (!found) return;
  const { expiration, ...texts } = found;
  assert.ok(Number.isSafeInteger(expiration));
  assert.ok(Object.values(texts).every((text) => typeof text === "string" && text !== ""));
  assert.equal(JSON.parse(credentialProcessOutput(found, ACCOUNT)).SessionToken, texts.sessionToken);
}

/** A remembered listing gives accounts and roles, or nothing. */
export function inventoryHolds(system: FakeSystem): void {
  const memory = inventoryFile(ssoSession(), "at", system);
  for (const account of memory.accounts() ?? []) assert.equal(typeof account.accountId, "string");
  for (const id of [ACCOUNT, "__proto__", "constructor"]) {
    assert.ok((memory.roles(id) ?? []).every((name) => typeof name === "string"));
  }
}
