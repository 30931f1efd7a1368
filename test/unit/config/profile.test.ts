import { describe, expect, test } from "vitest";
import { resolveProfile, resolveRole, rolePairs } from "../../../src/config/profile.ts";
import { failureOf, userConfig } from "../../support/userConfig.ts";

const START = "https://d-1.awsapps.com/start";
const CORP = `[sso-session corp]\nsso_start_url = ${START}\nsso_region = eu-west-1\nsso_cred_login = device\n`;
const ROLE = "sso_account_id = 123456789011\nsso_role_name = ReadOnly\n";
const OURS = "credential_process = /opt/sso-cred corp --account-id 123456789011 --role-name ReadOnly\n";

type Resolve = typeof resolveProfile | typeof resolveRole;

function resolve(text: string, name = "dev", credentials = "") {
  const { config, system } = userConfig(text, { credentials });
  return resolveProfile(config, name, system);
}

function failure(read: Resolve, text: string, name = "dev") {
  const { config, system, path } = userConfig(text);
  return failureOf(() => read(config, name, system), path);
}

describe("a profile", () => {
  const pair = { accountId: "123456789011", roleName: "ReadOnly" };

  test("with sso_session has that session, account and role", () => {
    expect(resolve(`${CORP}[profile dev]\nsso_session = corp\n${ROLE}`)).toEqual({
      session: {
        name: "corp",
        startUrl: START,
        region: "eu-west-1",
        scopes: null,
        login: "device",
        endpoints: { useFips: false, useDualstack: false },
        caBundle: undefined,
        loginArguments: "corp",
      },
      ...pair,
    });
  });

  test("may repeat what its session says", () => {
    const text = `${CORP}[profile dev]\nsso_session = corp\nsso_start_url = ${START}\nsso_region = eu-west-1\n`;
    expect(resolve(text).session.region).toBe("eu-west-1");
  });

  test("without account and role still has its session", () => {
    const target = resolve(`${CORP}[profile dev]\nsso_session = corp\n`);
    expect(Object.keys(target)).toEqual(["session"]);
  });

  test("whose command names another profile has that one's session, account and role", () => {
    const other = "[profile dev]\ncredential_process = /opt/sso-cred --profile ops\n[profile ops]\n";
    expect(resolve(CORP + other + OURS)).toMatchObject({ session: { name: "corp" }, ...pair });
    expect(resolve(`${CORP}${other}sso_session = corp\n${ROLE}`)).toMatchObject(pair);
    const { kind, message } = failure(resolveRole, `${CORP}${other}sso_session = corp\n`);
    expect([kind, message]).toEqual([
      "config",
      "CONFIG: [profile ops] has no sso_account_id and no sso_role_name",
    ]);
  });

  test.each([
    ["itself", "--profile dev"],
    ["a profile whose command names a third", "--profile ops"],
  ])("whose command names %s has no session", (_what, flags) => {
    const config = `[profile dev]\ncredential_process = sso-cred ${flags}
[profile ops]\ncredential_process = sso-cred --profile third\n[profile third]\n${OURS}`;
    expect(failure(resolveProfile, CORP + config).message).toMatch(
      /^CONFIG: \[profile (dev|ops)\] has no sso_session/,
    );
  });

  test("of the legacy form has a session without name", () => {
    const text = `[profile my dev]\nsso_start_url = ${START}\nsso_region = us-east-1\nsso_registration_scopes = a\n${ROLE}`;
    expect(resolve(text, "my dev")).toMatchObject({
      session: { name: null, startUrl: START, region: "us-east-1", loginArguments: '--profile "my dev"' },
      ...pair,
    });
  });

  test("that runs sso-cred has the role of its line, and the session's endpoints", () => {
    const text = `${CORP}endpoint_url = https://session\n[profile dev]\nendpoint_url = https://profile\n${OURS}`;
    expect(resolve(text)).toMatchObject({
      session: { name: "corp", loginArguments: "corp", endpoints: { ssoUrl: "https://session" } },
      ...pair,
    });
  });

  test("with both has the role of its sso_ keys", () => {
    const text = `${CORP}[profile dev]\nsso_session = corp\nsso_account_id = 000000000001\nsso_role_name = Admin\n${OURS}`;
    expect(resolve(text)).toMatchObject({ accountId: "000000000001", roleName: "Admin" });
  });

  test("is overridden by the credentials file", () => {
    const text = `${CORP}[profile dev]\nsso_session = corp\n${ROLE}`;
    expect(resolve(text, "dev", "[dev]\nsso_role_name = Admin\n").roleName).toBe("Admin");
    expect(resolve(CORP, "only", `[only]\nsso_session = corp\n${ROLE}`)).toMatchObject(pair);
  });

  test("with endpoints of its own is signed in to by its name", () => {
    const text = `${CORP}[profile dev]\nsso_session = corp\nendpoint_url = https://proxy.example/aws\n`;
    expect(resolve(text).session).toMatchObject({
      loginArguments: "--profile dev",
      endpoints: { ssoUrl: "https://proxy.example/aws", oidcUrl: "https://proxy.example/aws" },
    });
  });

  test("may be [default]", () => {
    expect(resolve(`${CORP}[default]\nsso_session = corp\n${ROLE}`, "default")).toMatchObject(pair);
  });
});

describe("the refusal of a profile", () => {
  const init = { run: "sso-cred init" };
  const where = "CONFIG: [profile dev]";
  const dev = "[profile dev]\nsso_session = corp\n";
  const noSession = { message: "CONFIG has no [sso-session corp]", remedy: { run: "sso-cred init corp" } };

  test.each<[why: string, text: string, expected: { message: string; remedy?: object }]>([
    ["that is not there", "", { message: "CONFIG has no [profile dev]", remedy: init }],
    [
      "that is not there, where others are",
      "[profile a]\n[default]\n",
      { message: "CONFIG has no [profile dev]; it has a, default", remedy: init },
    ],
    [
      "that has nothing to do with SSO",
      "[profile dev]\nregion = r\n",
      { message: `${where} has no sso_session`, remedy: init },
    ],
    [
      "that runs something else",
      "[profile dev]\ncredential_process = aws-vault x\n",
      { message: `${where} has no sso_session`, remedy: init },
    ],
    [
      "that assumes a role with the credentials of another one",
      "[profile dev]\nrole_arn = arn:aws:iam::123456789011:role/Deploy\nsource_profile = my base\n",
      {
        message: `${where} assumes a role, which AWS tools do themselves; sso-cred has credentials for --profile "my base"`,
      },
    ],
    [
      "that names another one, but no role to assume",
      "[profile dev]\nsource_profile = base\nsso_sesion = corp\n",
      { message: `${where} has no sso_session; line 3 has sso_sesion: did you mean sso_session?` },
    ],
    [
      "whose line has no role",
      "[profile dev]\ncredential_process = sso-cred corp --account-id 123456789011\n",
      { message: `${where}: credential_process has no --role-name` },
    ],
    ["whose session is not there", dev, noSession],
    ["whose line's session is not there", `[profile dev]\n${OURS}`, noSession],
    [
      "whose session lacks a key",
      `${dev}[sso-session corp]\nsso_region = r\n`,
      { message: "CONFIG: [sso-session corp] has no sso_start_url" },
    ],
    [
      "of the legacy form without region",
      `[profile dev]\nsso_start_url = ${START}\n`,
      { message: `${where} has no sso_region` },
    ],
    [
      "of the legacy form without start URL",
      "[profile dev]\nsso_region = r\n",
      { message: `${where} has no sso_start_url` },
    ],
    [
      "whose region contradicts its session's",
      `${CORP}${dev}sso_region = us-east-1\n`,
      { message: `${where} has sso_region = us-east-1, but [sso-session corp] has eu-west-1` },
    ],
    [
      "whose start URL contradicts its session's",
      `${CORP}${dev}sso_start_url = ${START}/\n`,
      { message: `${where} has sso_start_url = ${START}/, but [sso-session corp] has ${START}` },
    ],
    [
      "with an account id of 11 digits",
      `${CORP}${dev}sso_account_id = 12345678901\n`,
      { message: `${where}: sso_account_id is not 12 digits: 12345678901` },
    ],
    [
      "with an account id of 11 digits in its line",
      `${CORP}[profile dev]\n${OURS.replace("9011", "901")}`,
      { message: `${where}: --account-id in credential_process is not 12 digits: 12345678901` },
    ],
  ])("%s", (_why, text, expected) => {
    expect(failure(resolveProfile, text)).toEqual({ kind: "config", remedy: {}, ...expected });
  });

  test.each<[text: string, message: string]>([
    [`${CORP}${dev}`, `${where} has no sso_account_id and no sso_role_name`],
    [`${CORP}${dev}sso_account_id = 123456789011\n`, `${where} has no sso_role_name`],
    [`${CORP}${dev}sso_role_name = sso_admin\n`, `${where} has no sso_account_id`],
  ])("that is to have a role and is %j", (text, message) => {
    expect(failure(resolveRole, text)).toEqual({ kind: "config", message, remedy: {} });
  });

  test("of [default] is named as in the file", () => {
    expect(failure(resolveProfile, "[profile a]\n", "default").message).toBe(
      "CONFIG has no [default]; it has a",
    );
  });
});

test("a profile with everything has its role", () => {
  const { config, system } = userConfig(`${CORP}[profile dev]\nsso_session = corp\n${ROLE}`);
  expect(resolveRole(config, "dev", system)).toMatchObject({
    session: { name: "corp" },
    accountId: "123456789011",
    roleName: "ReadOnly",
  });
});

describe("the role pairs of the config", () => {
  const { line, keys } = {
    line: (session: string, role: string) =>
      `credential_process = "/a b/sso-cred" ${session} --account-id 111111111111 --role-name ${role}\n`,
    keys: (session: string, role: string) =>
      `${session}\nsso_account_id = 111111111111\nsso_role_name = ${role}\n`,
  };
  const text = [
    `[profile a]\n${line("corp", "A")}`,
    `[profile b]\n${keys("sso_session = corp", "B")}`,
    `[profile again]\n${keys("sso_session = corp", "B")}`,
    `[default]\n${line("--sso-session=corp", "D")}`,
    `[profile other]\n${line("other", "X")}`,
    `[profile other2]\n${keys("sso_session = other", "X")}`,
    "[profile half]\nsso_session = corp\nsso_role_name = X\n",
    `[profile legacy]\n${keys(`sso_start_url = ${START}`, "L")}`,
    `[profile legacy2]\n${keys(`sso_start_url = ${START}/`, "X")}`,
    CORP,
  ].join("");

  test("of a session are those of its profiles and of the lines that run sso-cred, once each", () => {
    const roles = rolePairs(userConfig(text).config, { name: "corp", startUrl: START });
    expect(roles).toEqual(["A", "B", "D"].map((roleName) => ({ accountId: "111111111111", roleName })));
  });

  test("of a legacy profile are those with the same start URL", () => {
    const roles = rolePairs(userConfig(text).config, { name: null, startUrl: START });
    expect(roles).toEqual([{ accountId: "111111111111", roleName: "L" }]);
  });
});
