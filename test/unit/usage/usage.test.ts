import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it, test } from "vitest";
import { runCli } from "../../../src/cli/cli.ts";
import { COMMANDS, commandUsage } from "../../../src/usage/commandTable.ts";
import { COMPLETION_SCRIPTS } from "../../../src/usage/completionScripts.ts";
import { type Flag, MAIN_FLAGS } from "../../../src/usage/flags.ts";
import { helpText, manPage } from "../../../src/usage/help.ts";
import { fakeSystem } from "../../support/fakeSystem.ts";

async function run(...args: string[]) {
  const system = fakeSystem({ env: { HOME: "/nonexistent" } });
  const code = await runCli(args, system);
  return { code, stdout: system.stdout, stderr: system.stderr };
}

describe("the table of commands", () => {
  const given = (flags: readonly Flag[]) =>
    flags.flatMap(({ name, value }) => (value === undefined ? [`--${name}`] : [`--${name}`, "x"]));

  test.each(COMMANDS)("$name takes the flags of the table", async ({ name, flags }) => {
    const rest = name === "exec" ? ["--", "true"] : [];
    const { stderr } = await run(name, ...given(flags), "--no-such", ...rest);
    expect(stderr).toContain("unknown option '--no-such'");
  });

  it("has the flags of a line without a command", async () => {
    const { stderr } = await run(...given(MAIN_FLAGS), "--no-such");
    expect(stderr).toContain("unknown option '--no-such'");
  });

  test.each(COMMANDS.map(({ name }) => name))(
    "%s: help with an example, by either word, in 80 columns",
    async (name) => {
      const help = await run(name, "--help");
      expect(help).toEqual({ code: 0, stderr: "", stdout: helpText(name) });
      expect(await run("help", name)).toEqual(help);
      expect(help.stdout).toContain(`\nExample: ${commandUsage(name)?.example}\n`);
      const lines = [help.stdout, helpText()].join("").split("\n");
      expect(lines.filter((line) => line.length > 80)).toEqual([]);
      expect(manPage()).toContain(`.SS ${name}\n`);
    },
  );

  it("has the rows of the README", () => {
    const readme = readFileSync(fileURLToPath(new URL("../../../README.md", import.meta.url)), "utf8");
    const rows = COMMANDS.map(
      ({ name, synopsis, summary }) =>
        `| \`sso-cred ${name} ${synopsis.split("\n")[0]?.replaceAll("|", "\\|")}\` | ${summary} |`,
    );
    expect(rows.filter((row) => !readme.includes(`${row}\n`))).toEqual([]);
  });
});

describe("the words help and version", () => {
  it("print the same as their flags", async () => {
    expect(await run("help")).toEqual(await run("--help"));
    expect(await run("version")).toEqual(await run("--version"));
    for (const word of ["help", "version"]) expect(await run("help", word)).toEqual(await run("--help"));
  });
});

const ROLE = ["--account-id", "123456789011", "--role-name", "R"];

describe("a mistyped word", () => {
  it.each([
    ["lgoin", "'lgoin' is not a command; did you mean login?", "sso-cred help login"],
    ["lgoin corp", "'lgoin' is not a command; did you mean login?", "sso-cred help login"],
    ["statsu --json", "'statsu' is not a command; did you mean status?", "sso-cred help status"],
    ["exex --profile x -- true", "'exex' is not a command; did you mean exec?", "sso-cred help exec"],
    [`evn corp ${ROLE.join(" ")}`, "'evn' is not a command; did you mean env?", "sso-cred help env"],
    ["HELP", "'HELP' is not a command; did you mean help?", "sso-cred --help"],
    ["version x", "version takes no arguments", "sso-cred --help"],
    ["exec --profile x ls -l", "name the command to run after --", "sso-cred exec --help"],
    ["help exce", "'exce' is not a command; did you mean exec?", "sso-cred help exec"],
    ["help nothing", "'nothing' is not a command", "sso-cred --help"],
    ["list --jsn", "unknown option '--jsn'; did you mean --json?", "sso-cred list --help"],
    ["--profil x", "unknown option '--profil'; did you mean --profile?", "sso-cred --help"],
    ["login --wait", "unknown option '--wait'", "sso-cred login --help"],
  ])("%s", async (line, message, remedy) => {
    expect(await run(...line.split(" "))).toEqual({
      code: 2,
      stdout: "",
      stderr: `sso-cred: ${message}\n  run: ${remedy}\n`,
    });
  });
});

it.each([
  ["PowerShell, which keeps -- from npm's script", {}, ", which PowerShell may want in quotes: '--'"],
  ["cmd", { PROMPT: "$P$G" }, ""],
])("exec without -- in %s", async (_, env, hint) => {
  const system = fakeSystem({ env: { USERPROFILE: "C:\\nonexistent", ...env }, platform: "win32" });
  expect(await runCli(["exec", "--profile", "x", "cdk", "deploy"], system)).toBe(2);
  expect(system.stderr).toContain(`sso-cred: name the command to run after --${hint}\n`);
  expect(COMPLETION_SCRIPTS.powershell).toContain("sso-cred --complete '--' @words");
});

it.each([
  [
    "Git Bash's own window",
    { MSYSTEM: "MINGW64", TERM_PROGRAM: "mintty" },
    "  run: winpty sso-cred init my-sso --command sso-cred\n",
  ],
  ["Git Bash in another terminal", { MSYSTEM: "MINGW64" }, ""],
])("init without a terminal in %s", async (_, env, remedy) => {
  const system = fakeSystem({ env: { USERPROFILE: "C:\\nonexistent", ...env }, platform: "win32" });
  expect(await runCli(["init", "my-sso", "--command", "sso-cred"], system)).toBe(2);
  expect(system.stderr).toBe(`sso-cred: there is no terminal to ask on: give --start-url\n${remedy}`);
});

describe("a first word that is a command's", () => {
  it("is a session if misspelt and with account and role", async () => {
    expect((await run("logni", ...ROLE)).stderr).toContain("run: sso-cred init logni\n");
    expect((await run("logni", "--account-id", "123456789011")).stderr).not.toContain("login");
  });

  it.each(["exec", "env", "console", "completion", "doctor"])(
    "%s with nothing but account and role is a session",
    async (word) => {
      for (const line of [ROLE, ["--role-name=R", "--account-id=123456789011"]]) {
        expect((await run(word, ...line)).stderr).toContain(`run: sso-cred init ${word}\n`);
      }
    },
  );

  it.each([
    ["exec", "s", ...ROLE, "--", "true"],
    ["env", "s", ...ROLE],
    ["console", ...ROLE, "--sso-session", "s"],
  ])("%s %s and more is the command", async (...line) => {
    expect((await run(...line)).stderr).toContain("run: sso-cred init s\n");
  });
});
