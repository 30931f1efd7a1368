import { describe, expect, test } from "vitest";
import { roleCandidates } from "../../../src/usage/complete.ts";

const line = (command: string, session: string, accountId: string, roleName: string) =>
  `[profile ${accountId}-${roleName}]\ncredential_process = ${command} ${session} --account-id ${accountId} --role-name ${roleName}\n`;
const [ONE, TWO, THREE] = ["111111111111", "222222222222", "333333333333"] as const;
const CONFIG = [
  line("sso-cred", "corp", ONE, "A"),
  line('/"my tools/sso-cred"', "corp", ONE, '"B C"'),
  line("/opt/sso-cred", "--sso-session=init", ONE, "D"),
  line("/opt/sso-cred", "other", TWO, "E"),
  line("/opt/not-sso-cred", "corp", ONE, "X"),
  line("/opt/sso-cred", "init", ONE, "X"),
  `[profile f]\nsso_session = corp # mine\nsso_account_id: ${TWO}\nsso_role_name=F\n`,
  `[profile half]\nsso_session = corp\nsso_account_id = ${TWO}\n`,
  `[profile rest]\nsso_role_name = X\n# credential_process = sso-cred corp --account-id ${ONE} --role-name X\n`,
].join("");

const named = (...of: Parameters<typeof roleCandidates>) =>
  roleCandidates(...of).map((role) => role.roleName);

describe("the candidates for accounts and roles", () => {
  test.each([["\n"], ["\r\n"]])("are those that profiles name, with line ends %j", (end) => {
    expect(named(CONFIG.replaceAll("\n", end))).toEqual(["A", "B C", "D", "E", "F"]);
  });

  test("are those of the session and of the account, if given", () => {
    expect(named(CONFIG, "corp")).toEqual(["A", "B C", "F"]);
    expect(named(CONFIG, "corp", ONE)).toEqual(["A", "B C"]);
    expect(named(CONFIG, undefined, TWO)).toEqual(["E", "F"]);
    expect(named(CONFIG, "corp", THREE)).toEqual([]);
  });
});
