import { describe, expect, it } from "vitest";
import { hostTarget } from "../../../scripts/toolchain.mjs";
import { runCli } from "../../../src/cli/cli.ts";
import { fakeSystem } from "../../support/fakeSystem.ts";
import { sessionSection } from "../../support/home.ts";
import { cached, home, ID, run } from "./commandLine.ts";

it.each([
  [["--profile="], "--profile is empty", "--help"],
  [["--sso-session", "", "--account-id", ID, "--role-name", "R"], "--sso-session is empty", "--help"],
  [["corp", "--account-id=", "--role-name=R"], "--account-id is empty", "--help"],
  [["", "--account-id", ID, "--role-name=R"], "an argument is empty", "--help"],
  ...["login", "logout", "list", "status", "doctor"].flatMap((command) => [
    [[command, "--profile="], "--profile is empty", `${command} --help`],
    [[command, "--sso-session", " "], "--sso-session is empty", `${command} --help`],
    [[command, ""], "an argument is empty", `${command} --help`],
  ]),
  [["exec", "--profile=", "--", "true", ""], "--profile is empty", "exec --help"],
  [["env", "--profile="], "--profile is empty", "env --help"],
  [["console", "--profile=p", "--destination="], "--destination is empty", "console --help"],
  [["init", "corp", "--start-url="], "--start-url is empty", "init --help"],
  [["init", "corp", "--accounts=", "--roles=*"], "--accounts is empty", "init --help"],
  [["list", "--roles="], "--roles is empty", "list --help"],
] as [string[], string, string][])("an empty value is a usage error: %j", async (line, message, help) => {
  const stderr = `sso-cred: ${message}\n  run: sso-cred ${help}\n`;
  expect(await run(...line)).toEqual({ code: 2, stdout: "", stderr });
});

describe("help and version", () => {
  it.each([["--help"], ["-h"], ["-h", "-V"], ["corp", "--help"], ["--bogus", "-h"]])(
    "%s prints the help",
    async (...line) => {
      const { code, stdout, stderr } = await run(...line);
      expect([code, stderr]).toEqual([0, ""]);
      expect(stdout).toMatch(/^Usage: sso-cred SESSION --account-id ID --role-name ROLE\n/);
    },
  );

  it("lists every command, exit code and variable within the width of a screen", async () => {
    const { stdout } = await run("--help");
    for (const word of ["init", "login", "logout", "list", "status"]) {
      expect(stdout).toMatch(new RegExp(`^  ${word} `, "m"));
    }
    for (const code of ["0 success", "4 login-required", "130 cancelled"]) expect(stdout).toContain(code);
    for (const name of ["LOGIN", "WAIT", "CACHE", "TRACE"]) expect(stdout).toContain(`SSO_CRED_${name}=`);
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(130);
  });

  it.each([["--version"], ["-V"], ["corp", "-V"]])("%s prints the version", async (...line) => {
    const { code, stdout, stderr } = await run(...line);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toBe(`sso-cred 0.2.0 (no front, Node ${process.versions.node}, ${hostTarget()})\n`);
  });

  it.each(["login", "logout", "status"])(
    "%s --help lists its flags, whatever else is on the line",
    async (name) => {
      const { code, stdout } = await run(name, "corp", "--bogus", "--help");
      expect(code).toBe(0);
      expect(stdout).toMatch(new RegExp(`^Usage: sso-cred ${name} `));
    },
  );

  it("nothing after -- is a flag", async () => {
    expect((await run("status", "--", "-h")).stderr).toContain("[sso-session -h]");
  });
});

describe("the commands' lines", () => {
  it.each([
    ["login", "--json", "unknown option '--json'"],
    ["status", "--all", "unknown option '--all'"],
    ["logout", "--all=yes", "option '--all' does not take an argument"],
  ])("%s %s is a usage error", async (command, flag, message) => {
    const stderr = `sso-cred: ${message}\n  run: sso-cred ${command} --help\n`;
    expect(await run(command, flag)).toEqual({ code: 2, stdout: "", stderr });
  });

  it.each([
    ["login", "a", "b"],
    ["login", "a", "--profile", "p"],
    ["logout", "a", "--sso-session", "b"],
  ])("%s %s %s … names two sessions, which is a usage error", async (...line) => {
    const stderr = "sso-cred: name one session, by its name or with --profile\n";
    expect(await run(...line)).toEqual({ code: 2, stdout: "", stderr });
  });

  it("a session must be named where there are several", async () => {
    await home.write(".aws/config", sessionSection("corp") + sessionSection("other"));
    for (const name of ["login", "logout"]) {
      const { code, stderr } = await run(name);
      expect([code, stderr]).toEqual([
        2,
        `sso-cred: which session? ${home.configFile} has corp, other: name one\n`,
      ]);
    }
  });

  it("an unknown session is named with those that exist", async () => {
    const said = async (name: string) => (await run("login", name)).stderr;
    const start = `sso-cred: ${home.configFile} has no`;
    expect(await said("other")).toBe(
      `${start} [sso-session other]; it has corp\n  run: sso-cred init other\n`,
    );
    // The remedy for a misspelt name must not create it.
    expect(await said("crop")).toMatch(/ has no \[sso-session crop\]; did you mean corp \(line 1\)\?\n$/);
  });
});

it("a bug of ours is one line and exit 1; its stack is only in the trace", async () => {
  await cached("corp");
  const system = fakeSystem({ env: home.env });
  const broken = {
    ...system,
    writeStdout: () => {
      throw new TypeError("a fault\nin two lines with a token aoaAAAAAbbbbbbbbbbbbbbbbbbbbbbbb1");
    },
  };
  expect(await runCli(["corp", "--account-id", ID, "--role-name", "ReadOnly"], broken)).toBe(1);
  expect(system.stderr).toBe(
    "sso-cred: unexpected: a fault in two lines with a token ***; SSO_CRED_TRACE=FILE records what happened\n",
  );
  expect(system.steps.at(-1)?.details?.error).toContain("TypeError");
});

it("an error of the system is not reported as a bug: exit 3 names the file, exit 7 the call", async () => {
  const refuse = async (error: object) => {
    const system = fakeSystem({ env: { HOME: "/nonexistent" } });
    const broken = {
      ...system,
      get startedAt(): number {
        throw error;
      },
    };
    const code = await runCli(["corp", "--account-id", ID, "--role-name", "ReadOnly"], broken);
    return [code, system.stderr];
  };
  const emfile = { code: "EMFILE", syscall: "open", path: "/home/ann/.aws/config" };
  expect(await refuse(emfile)).toEqual([3, "sso-cred: cannot open /home/ann/.aws/config (EMFILE)\n"]);
  expect(await refuse({ code: "ENOBUFS", syscall: "socket" })).toEqual([
    7,
    "sso-cred: cannot socket (ENOBUFS)\n",
  ]);
  expect((await refuse({ code: 42, message: "no text in code" }))[0]).toBe(1);
});
