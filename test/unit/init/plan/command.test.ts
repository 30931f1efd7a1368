import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { readOurCommand } from "../../../../src/config/ourCommand.ts";
import { isKind } from "../../../../src/errors.ts";
import { canBeWritten, checkCommand, commandLine } from "../../../../src/init/plan/command.ts";
import { splitCommandLine } from "../../../../src/text/commandWords.ts";
import { fc } from "../../../support/fuzzing.ts";
import { cmdSlashC, crtSplit } from "./windowsReaders.ts";

const target = { session: "my-sso", accountId: "123456789011", roleName: "ReadOnly" };
const words = (command: string) => [
  command,
  "my-sso",
  "--account-id",
  "123456789011",
  "--role-name",
  "ReadOnly",
];
const hasPython = spawnSync("python3", ["-c", ""]).status === 0;

/** The words that `sh -c` makes of each line. */
function shWords(lines: readonly string[]): string[][] {
  const script = [
    "print() { printf '%s\\0' \"$@\"; printf '\\n\\0'; }",
    ...lines.map((line) => `print ${line}`),
  ];
  const { stdout } = spawnSync("/bin/sh", ["-c", script.join("\n")]);
  return stdout
    .toString()
    .split("\n\0")
    .slice(0, -1)
    .map((words) => words.split("\0").slice(0, -1));
}

function readByShlex(line: string): string[] {
  const script = "import json,shlex,sys; print(json.dumps(shlex.split(sys.argv[1])))";
  return JSON.parse(spawnSync("python3", ["-c", script, line]).stdout.toString());
}

describe("the credential_process line", () => {
  it("has no quotes for a simple path", () => {
    expect(commandLine("/opt/bin/sso-cred", target, "linux")).toBe(
      "/opt/bin/sso-cred my-sso --account-id 123456789011 --role-name ReadOnly",
    );
  });

  it.each(["1; id", "$(id)", "", "12345678901x", "1234567890112"])(
    "is never made with the account %j",
    (accountId) => {
      expect(() => commandLine("/opt/bin/sso-cred", { ...target, accountId }, "linux")).toThrow(
        /not 12 digits/,
      );
    },
  );

  it("quotes a path with blanks behind its plain start: the SDK for Go v1 takes quotes off a value's start", () => {
    expect(commandLine("/my apps/sso-cred", target, "darwin")).toMatch(/^\/"my apps\/sso-cred" my-sso /);
    expect(commandLine("/opt/x/my apps/sso-cred", target, "linux")).toMatch(
      /^\/opt\/x\/"my apps\/sso-cred" my-sso /,
    );
  });

  it.each([
    "/a$b/sso-cred",
    "/a`b/sso-cred",
    '/a"b/sso-cred',
    "/a\\b/sso-cred",
    "/a #b/sso-cred",
    "/a\nb/sso-cred",
  ])("rejects %j", (path) => {
    expect(() => commandLine(path, target, "linux")).toThrow(/cannot be written/);
  });

  it("is read alike by sh and by us, whatever the path, or rejected", () => {
    const path = fc
      .string({ unit: fc.constantFrom(..."ab .-_~&|<>()*?[]{}'!^=,;:@+é#$`\"\\%"), maxLength: 12 })
      .map((text) => `/x${text}/sso-cred`);
    const written = fc.sample(path, 400).flatMap((command) => {
      try {
        return [{ command, line: commandLine(command, target, "linux") }];
      } catch (error) {
        expect(isKind(error, "config")).toBe(true);
        return [];
      }
    });
    expect(written.length).toBeGreaterThan(50);
    const readBySh = shWords(written.map(({ line }) => line));
    for (const [at, { command, line }] of written.entries()) {
      expect(splitCommandLine(line)).toEqual(words(command));
      expect(readBySh[at]).toEqual(words(command));
    }
  });

  it.skipIf(!hasPython)("is read alike by Python's shlex (needs python3)", () => {
    for (const command of ["/opt/sso-cred", "/my apps (new)/sso-cred", "/it's/sso-cred", "/é/sso-cred"]) {
      expect(readByShlex(commandLine(command, target, "linux"))).toEqual(words(command));
    }
  });

  it.each([
    "C:\\bin\\sso-cred.exe",
    "C:\\Program Files\\sso-cred\\sso-cred.exe",
    "C:\\Tools, new = good\\sso-cred.exe",
    "C:\\Users\\Müller~1\\sso-cred.exe",
    "\\\\host\\share\\sso-cred.exe",
  ])("on Windows is read alike by the C runtime, and through cmd /C, for %s", (command) => {
    const line = commandLine(command, target, "win32");
    expect(crtSplit(line)).toEqual(words(command));
    expect(crtSplit(cmdSlashC(line, (path) => path === command))).toEqual(words(command));
    expect(crtSplit(cmdSlashC(`"${line}"`, () => false))).toEqual(words(command));
    expect(readOurCommand(line)).toEqual({ command, ...target });
  });

  it.each([
    "C:\\bin\\sso-cred.exe",
    "C:\\Users\\J\u00f6rg\\sso-cred.exe",
    "C:\\\u65e5\u672c\\JRG~1\\sso-cred.exe",
  ])(
    "on Windows puts no quotes around a path without blanks, which the SDK for Go cannot pass on: %s",
    (command) => {
      const line = commandLine(command, target, "win32");
      expect(line.startsWith(`${command} my-sso `)).toBe(true);
      expect(crtSplit(cmdSlashC(line, () => false))).toEqual(words(command));
      expect(readOurCommand(line)).toEqual({ command, ...target });
    },
  );

  it.each([
    "C:\\Program Files (x86)\\sso-cred.exe",
    "C:\\100%\\sso-cred.exe",
    "C:\\a^b c\\sso-cred.exe",
    "C:\\a,b\\sso-cred.exe",
    "C:\\a=b\\sso-cred.exe",
    "C:\\a;b\\sso-cred.exe",
  ])("on Windows rejects %s, which cmd would split", (command) => {
    expect(() => commandLine(command, target, "win32")).toThrow(/cannot be written/);
  });

  it.each(["init", "-odd", "two words"])(
    "quotes the session %j so that it is read as one word",
    (session) => {
      const line = commandLine("sso-cred", { ...target, session }, "linux");
      expect(readOurCommand(line)).toMatchObject({
        session,
        accountId: "123456789011",
        roleName: "ReadOnly",
      });
    },
  );

  it("rejects a session or a role that cannot be written", () => {
    expect(() => commandLine("sso-cred", { ...target, session: "a$(b)" }, "linux")).toThrow(/session name/);
    expect(canBeWritten({ accountId: "123456789011", roleName: "A\n[profile x]" }, "linux")).toBe(false);
    expect(canBeWritten({ accountId: "12", roleName: "Admin" }, "linux")).toBe(false);
    expect(canBeWritten({ accountId: "123456789011", roleName: "Power+User=a,b.c@d-e" }, "linux")).toBe(true);
  });

  it("rejects a command that would not be recognised as ours afterwards", () => {
    const check = (command: string) => () => checkCommand(command, "linux", ["my session", "--yes"]);
    expect(check("sso-cred")).not.toThrow();
    expect(check("/opt/my tools/sso-cred")).not.toThrow();
    expect(check("/opt/sso-cred-linux-x64")).toThrow(/must be sso-cred/);
    const run = 'sso-cred init "my session" --yes --command sso-cred';
    expect(check("/a$b/sso-cred")).toThrow(expect.objectContaining({ kind: "config", remedy: { run } }));
    for (const path of ["~/bin/sso-cred", "./sso-cred", "bin/sso-cred"]) {
      expect(check(path)).toThrow(/must be a whole path or sso-cred/);
    }
    expect(() => checkCommand("C:\\Tools\\sso-cred.exe", "win32", [])).not.toThrow();
    expect(() => checkCommand("bin\\sso-cred.exe", "win32", [])).toThrow(/must be a whole path/);
  });
});
