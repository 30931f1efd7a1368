import { describe, expect, test } from "vitest";
import { readOurCommand } from "../../../src/config/ourCommand.ts";
import { splitCommandLine, splitQuoted } from "../../../src/text/commandWords.ts";

describe("a command line is split", () => {
  test.each<[line: string, words: string[]]>([
    ["", []],
    ["  a  b\tc\nd ", ["a", "b", "c", "d"]],
    [`"a b" 'c d' e"f g"h`, ["a b", "c d", "ef gh"]],
    [`'' ""`, ["", ""]],
    [`a\\ b "c\\"d" "e\\\\f" "g\\h" 'i\\j'`, ["a b", 'c"d', "e\\f", "g\\h", "i\\j"]],
    ["a\u00a0b\u3000c", ["a", "b", "c"]],
    ["a\\", ["a\\"]],
    ["$HOME ~ *", ["$HOME", "~", "*"]],
    ["C:\\Tools\\sso-cred.exe corp", ["C:\\Tools\\sso-cred.exe", "corp"]],
    [`"C:\\Program Files\\x.exe" "a \\"b\\"" c\\\\"d"`, ["C:\\Program Files\\x.exe", 'a "b"', "c\\d"]],
    ["\\\\host\\share\\x.exe 'a b'", ["\\\\host\\share\\x.exe", "'a", "b'"]],
    [`C:\\x.exe "a""b" ""`, ["C:\\x.exe", 'a"b', ""]],
  ])("%j", (line, words) => {
    expect(splitCommandLine(line)).toEqual(words);
  });

  test("an unclosed quote runs to the end, and is reported", () => {
    expect(splitCommandLine(`a "b c`)).toEqual(["a", "b c"]);
    expect(splitQuoted(`a "b c`)).toBeUndefined();
    expect(splitQuoted(`C:\\a "b c`)).toBeUndefined();
  });
});

describe("a credential_process line that runs sso-cred", () => {
  const pair = { session: "corp", accountId: "123456789011", roleName: "ReadOnly" };
  test.each<[line: string, command: string]>([
    [
      "/usr/local/bin/sso-cred corp --account-id 123456789011 --role-name ReadOnly",
      "/usr/local/bin/sso-cred",
    ],
    ["sso-cred corp --account-id=123456789011 --role-name=ReadOnly", "sso-cred"],
    ["sso-cred --role-name ReadOnly --account-id 123456789011 corp", "sso-cred"],
    ["sso-cred --sso-session corp --account-id 123456789011 --role-name ReadOnly", "sso-cred"],
    ["sso-cred --sso-session=corp --account-id 123456789011 --role-name ReadOnly", "sso-cred"],
    [`"/a b/sso-cred" 'corp' --account-id "123456789011" --role-name ReadOnly`, "/a b/sso-cred"],
    ["sso-cred corp\n  --account-id 123456789011\n  --role-name ReadOnly", "sso-cred"],
    ["sso-cred corp --account-id 123456789011 --role-name ReadOnly # the team's", "sso-cred"],
    [
      "C:\\Tools\\SSO-Cred.EXE corp --account-id 123456789011 --role-name ReadOnly",
      "C:\\Tools\\SSO-Cred.EXE",
    ],
    [
      `"C:\\Program Files\\sso-cred.exe" "corp" --account-id 123456789011 --role-name ReadOnly`,
      "C:\\Program Files\\sso-cred.exe",
    ],
  ])("is recognised: %s", (line, command) => {
    expect(readOurCommand(line)).toEqual({ command, ...pair });
  });

  test("may have a session with the name of a command, or with blanks", () => {
    const rest = "--account-id 123456789011 --role-name ReadOnly";
    expect(readOurCommand(`sso-cred login ${rest}`)?.session).toBe("login");
    expect(readOurCommand(`sso-cred "my sso" ${rest}`)?.session).toBe("my sso");
    expect(readOurCommand(`sso-cred --sso-session init ${rest}`)?.session).toBe("init");
  });

  test.each([
    "",
    "aws-vault exec corp --account-id 123456789011 --role-name ReadOnly",
    "/opt/sso-cred/run corp --account-id 123456789011 --role-name ReadOnly",
    "not-sso-cred corp --account-id 123456789011 --role-name ReadOnly",
    "sso-cred init --account-id 123456789011 --role-name ReadOnly",
    "sso-cred --account-id 123456789011 --role-name ReadOnly",
    "sso-cred corp --account-id 123456789011",
    "sso-cred corp --role-name ReadOnly --account-id",
    "sso-cred corp more --account-id 123456789011 --role-name ReadOnly",
    "sso-cred corp --sso-session corp --account-id 123456789011 --role-name ReadOnly",
    "sso-cred corp --account-id 123456789011 --role-name ReadOnly --debug",
    "sso-cred --profile dev",
    "sso-cred 'corp --account-id 123456789011 --role-name ReadOnly",
    "sso-cred corp # --account-id 123456789011 --role-name ReadOnly",
  ])("is not: %s", (line) => {
    expect(readOurCommand(line)).toBeUndefined();
  });
});
