import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { writeRoleCredentials } from "../../src/cache/roleCredentialsCache.ts";
import { hasFront } from "../support/builtExecutable.ts";
import { home, run } from "../support/frontHome.ts";
import { isoSeconds } from "../support/home.ts";
import { ssoSession } from "../support/sessions.ts";

const VECTORS = new URL("../vectors/aws-cli-2.36.7/", import.meta.url);
const ROLE = { accountId: "111122223333", roleName: "Admin" };
const LINE = ["corp", "--account-id", ROLE.accountId, "--role-name", ROLE.roleName];
const FILE = ".aws/cli/cache/0cdbf32b99792a73981dd3f142bc63ab50240b44.json";

/** Sorts the keys of both levels. */
function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, of]) => [key, sorted(of)]));
}

describe.skipIf(!hasFront)("the front, with no program beside it, answers from the file", () => {
  test.each(["device-session", "refresh"])("of the AWS CLI (%s)", async (scenario) => {
    const vector = readFileSync(new URL(`${scenario}/dot-${FILE.slice(1)}`, VECTORS), "utf8");
    // Only its time has passed.
    const later = isoSeconds(Date.now() + 3_600_000);
    await home.write(FILE, vector.replace(/(?<="Expiration": ")[^"]+/, later));
    const { AccessKeyId, SecretAccessKey, SessionToken } = JSON.parse(vector).Credentials;
    const { status, stdout, stderr } = run(LINE);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(JSON.parse(stdout)).toEqual({
      ...{ Version: 1, AccessKeyId, SecretAccessKey, SessionToken },
      ...{ Expiration: later, AccountId: ROLE.accountId },
    });
  });

  const write = (ssoUrl?: string) => {
    const endpoints = { useFips: false, useDualstack: false, ...(ssoUrl && { ssoUrl }) };
    const role = { session: ssoSession({ endpoints }), ...ROLE };
    const secrets = { accessKeyId: "ASIA1", secretAccessKey: "s/+", sessionToken: "t==" };
    const credentials = { ...secrets, expiration: Date.now() + 3_600_000 };
    const config = home.configFile;
    writeRoleCredentials(role, credentials, { env: { HOME: home.path }, platform: "linux" }, { config });
  };

  test.each([
    ["by JSON.stringify", (text: string) => JSON.stringify(JSON.parse(text))],
    ["with sorted keys", (text: string) => JSON.stringify(sorted(JSON.parse(text)))],
    ["on several lines", (text: string) => JSON.stringify(JSON.parse(text), undefined, 2)],
  ])("of another tool, written %s", async (_, written) => {
    write();
    await home.write(FILE, written(await home.read(FILE)));
    expect(run(LINE)).toMatchObject({ status: 0, stderr: "", stdout: expect.stringContaining('"ASIA1"') });
  });

  test("of the program", () => {
    write();
    expect(run(LINE)).toMatchObject({ status: 0, stderr: "", stdout: expect.stringContaining('"ASIA1"') });
  });

  test("of the program, for the portal that the environment names and no other", () => {
    const portal = "http://127.0.0.1:4566";
    write(portal);
    for (const variable of ["AWS_ENDPOINT_URL_SSO", "AWS_ENDPOINT_URL"]) {
      expect(run(LINE, { [variable]: portal })).toMatchObject({ status: 0, stderr: "" });
      expect(run(LINE, { [variable]: "http://127.0.0.1:1" })).toMatchObject({ status: 3, stdout: "" });
    }
    expect(run(LINE)).toMatchObject({ status: 3, stdout: "" });
  });
});
