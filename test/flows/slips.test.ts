import { join } from "node:path";
import { describe, expect, it, test } from "vitest";
import { complaint } from "../support/complaint.ts";
import { SSO_KEYS, sessionSection } from "../support/home.ts";
import { MAIN_JOB, signInWorld } from "../support/signInWorld.ts";

const lineOne = "# mine\n";

describe("a slip in the config is named with its line and the guess:", () => {
  const session = sessionSection("corp");
  test.each<[string, string, string, (readonly string[])?]>([
    [
      "[dev]",
      `${lineOne}[dev]\n${SSO_KEYS}${session}`,
      "CONFIG has no [profile dev]; line 2 has [dev], which should be [profile dev]",
    ],
    [
      "an open bracket",
      `[profile dev\n${SSO_KEYS}${session}`,
      "CONFIG has no [profile dev]; line 1 has [profile dev, which should be [profile dev]",
    ],
    [
      "no bracket",
      `profile dev]\n${SSO_KEYS}${session}`,
      "CONFIG has no [profile dev]; line 1 has profile dev], which should be [profile dev]",
    ],
    [
      "[Profile dev]",
      `[Profile dev]\n${SSO_KEYS}${session}`,
      "CONFIG has no [profile dev]; line 1 has [Profile dev], which should be [profile dev]",
    ],
    [
      "a profile's name",
      `[profile dve]\n${SSO_KEYS}`,
      "CONFIG has no [profile dev]; did you mean dve (line 1)?",
    ],
    [
      "a session's name",
      `${lineOne}${session}`,
      "CONFIG has no [sso-session crop]; did you mean corp (line 2)?",
      ["crop", ...MAIN_JOB.slice(1)],
    ],
    [
      "a session's name in a profile",
      `[profile dev]\n${SSO_KEYS.replace("corp", "crop")}${session}`,
      "CONFIG has no [sso-session crop]; did you mean corp (line 5)?",
    ],
    [
      "[sso-sesion corp]",
      session.replace("session", "sesion"),
      "CONFIG has no [sso-session corp]; line 1 has [sso-sesion corp], which should be [sso-session corp]",
      MAIN_JOB,
    ],
    [
      "[sso-sesion corp], when any session will do",
      session.replace("session", "sesion"),
      "CONFIG has no [sso-session]; line 1 has [sso-sesion corp], which should be [sso-session corp]",
      ["list"],
    ],
    [
      "a name with a character that nobody sees",
      session.replace("corp", "co\u200brp"),
      "CONFIG has no [sso-session corp]; line 1 has it with a name whose character 3 is U+200B, a zero-width space",
      MAIN_JOB,
    ],
    [
      "an argument with a character that nobody sees",
      session,
      "CONFIG has no [sso-session co rp]; character 3 is U+200B, a zero-width space; did you mean corp (line 1)?",
      ["co\u200brp", ...MAIN_JOB.slice(1)],
    ],
    [
      "a name of other characters that look the same",
      session.replace("corp", "caf\u00e9"),
      "CONFIG has no [sso-session cafe\u0301]; line 1 has it with a name of other Unicode characters that look the same (NFC, NFD)",
      ["cafe\u0301", ...MAIN_JOB.slice(1)],
    ],
    [
      "a role with a character that nobody sees in credential_process",
      `[profile dev]\ncredential_process = sso-cred corp --account-id 123456789011 --role-name Read\u200bOnly\n${session}`,
      "CONFIG: [profile dev]: --role-name in credential_process is not a role name, as its character 5 is U+200B, a zero-width space: Read Only",
    ],
    [
      "sso_start_ulr",
      session.replace("_url", "_ulr"),
      "CONFIG: [sso-session corp] has no sso_start_url; line 2 has sso_start_ulr: did you mean sso_start_url?",
      MAIN_JOB,
    ],
    [
      "a key without its =",
      session.replace("sso_region =", "sso_region"),
      "CONFIG: [sso-session corp] has no sso_region; line 3 has sso_region without an = after it",
      MAIN_JOB,
    ],
    ...["login", "list", "status"].map((command): [string, string, string, string[]] => [
      `a profile's name in the place of a session's, for ${command}`,
      `[profile dev]\n${SSO_KEYS}${session}`,
      "CONFIG has no [sso-session dev], but [profile dev]: name it with --profile dev",
      [command, "dev"],
    ]),
    [
      "credential_proces",
      "[profile dev]\ncredential_proces = sso-cred corp\n",
      "CONFIG: [profile dev] has no sso_session; line 2 has credential_proces: did you mean credential_process?",
    ],
    [
      "sso_accout_id",
      `[profile dev]\n${SSO_KEYS.replace("account", "accout")}${session}`,
      "CONFIG: [profile dev] has no sso_account_id; line 3 has sso_accout_id: did you mean sso_account_id?",
    ],
  ])("%s", async (_slip, config, message, args) => {
    expect(await complaint(config, args)).toBe(message);
  });
});

describe("a config file that does not exist", () => {
  it("is named, with init as the remedy", async () => {
    const { call, home } = await signInWorld();
    const path = join(home.path, "elsewhere");
    const { code, stderr } = await call(MAIN_JOB, {
      env: { AWS_CONFIG_FILE: path, HOME: join(home.path, "empty") },
    });
    expect([code, stderr]).toEqual([
      3,
      `sso-cred: ${path}, which AWS_CONFIG_FILE names, does not exist\n  run: sso-cred init corp\n`,
    ]);
  });

  it("is distinguished from the usual one, which AWS_CONFIG_FILE hides", async () => {
    const { call, home } = await signInWorld();
    const path = join(home.path, "elsewhere");
    const { code, stderr } = await call(["list"], { env: { AWS_CONFIG_FILE: path } });
    expect([code, stderr]).toEqual([
      3,
      `sso-cred: ${path}, which AWS_CONFIG_FILE names, does not exist; ${home.configFile} does\n  run: unset AWS_CONFIG_FILE\n`,
    ]);
  });
});

describe("where the AWS CLI would read another account, no request is made:", () => {
  const other = (line: number) =>
    `is 222222222222 here and 111111111111 to the AWS CLI (line ${line}); write each key once, at the start of its line, and one section of each name`;
  const role = (id: string) => `sso_account_id = ${id}\n`;
  const rest = "sso_session = corp\nsso_role_name = ReadOnly\n";
  it.each<[string, string, string, (readonly string[])?]>([
    [
      "a key indented below another one",
      `[profile dev]\n${role("111111111111")}region = x\n  ${role("222222222222")}${rest}`,
      `CONFIG: sso_account_id of [profile dev] ${other(2)}`,
    ],
    [
      "[default] after [profile default]",
      `[profile default]\n${role("222222222222")}${rest}[default]\n${role("111111111111")}${rest}`,
      `CONFIG: sso_account_id of [default] ${other(6)}`,
      ["--profile", "default"],
    ],
    [
      "a header that only begins as a profile's",
      `[profile dev]\n${role("222222222222")}${rest}[profilex dev]\n${role("111111111111")}${rest}`,
      `CONFIG: sso_account_id of [profile dev] ${other(6)}`,
    ],
    [
      "a header with a space behind its bracket",
      `[profile dev]\n${role("111111111111")}${rest}[ profile dev]\n${role("222222222222")}`,
      `CONFIG: sso_account_id of [profile dev] ${other(2)}`,
    ],
    [
      "a bracket in the comment of a header",
      `[profile dev]\n${role("111111111111")}${rest}[profile dev] # [mine]\n${role("222222222222")}`,
      `CONFIG: sso_account_id of [profile dev] ${other(2)}`,
    ],
    [
      "a section twice, with two accounts",
      `[profile dev]\n${role("111111111111")}${rest}[profile dev]\n${role("222222222222")}`,
      "CONFIG: sso_account_id of [profile dev] is 111111111111 (line 2) and 222222222222 (line 6); remove one of them",
    ],
    [
      "the session of a profile",
      `[profile dev]\n${role("111111111111")}${rest}${sessionSection("corp")}[sso-sessions corp]\nsso_start_url = https://b.awsapps.com/start\n`,
      "CONFIG: sso_start_url of [sso-session corp] is https://d-1234567890.awsapps.com/start here and https://b.awsapps.com/start to the AWS CLI (line 10); write each key once, at the start of its line, and one section of each name",
    ],
    [
      "a start URL of the session",
      "[sso-session corp]\nsso_start_url = https://a.awsapps.com/start\nsso_region = eu-west-1\n  sso_start_url = https://b.awsapps.com/start\n",
      "CONFIG: sso_start_url of [sso-session corp] is https://b.awsapps.com/start here and https://a.awsapps.com/start to the AWS CLI (line 2); write each key once, at the start of its line, and one section of each name",
      MAIN_JOB,
    ],
  ])("%s", async (_layout, config, message, args) => {
    expect(
      await complaint(config.includes("[sso-session") ? config : config + sessionSection("corp"), args),
    ).toBe(message);
  });

  it("but it is made where only the SDKs read one", async () => {
    const config = `[profile dev]\nregion = x\n  ${role("123456789011")}${rest}${sessionSection("corp")}`;
    const { call } = await signInWorld({ config });
    expect((await call(["--profile", "dev"])).code).toBe(0);
  });
});
