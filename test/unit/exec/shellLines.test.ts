import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  commandEnvironment,
  credentialVariables,
  type Shell,
  shellLines,
} from "../../../src/exec/variables.ts";

const NASTY = [
  "plain/+=value",
  "it's $HOME `id` $(id) \"x\" \\ \\' ; | & < > ! # ~ * ?",
  "'; exit 9; '",
  "'\\''",
  "%PATH% ^ !x!",
  "\u2018quoted\u2019 \u201a\u201b ü 漢",
  " leading and trailing ",
];

const ECHO = `printf '%s|' "$AWS_SESSION_TOKEN" "\${AWS_PROFILE-gone}"`;
const PROGRAMS: [shell: Shell, program: string, echo: string][] = [
  ["bash", "/usr/bin/bash", ECHO],
  ["sh", "/usr/bin/dash", ECHO],
  ["zsh", "/usr/bin/zsh", ECHO],
  [
    "fish",
    "/usr/bin/fish",
    "set -q AWS_PROFILE; or set AWS_PROFILE gone; printf '%s|' \"$AWS_SESSION_TOKEN\" $AWS_PROFILE",
  ],
  [
    "powershell",
    "/usr/bin/pwsh",
    "[Console]::Write(\"$Env:AWS_SESSION_TOKEN|$(if ($Env:AWS_PROFILE) { 'there' } else { 'gone' })|\")",
  ],
];

describe.each(PROGRAMS)("the lines for %s", (shell, program, echo) => {
  it.skipIf(!existsSync(program))(`set exactly the value, whatever it holds (needs ${program})`, () => {
    for (const value of NASTY) {
      const lines = shellLines(shell, ["AWS_PROFILE"], { AWS_SESSION_TOKEN: value });
      const { stdout, stderr, status } = spawnSync(program, ["-c", `${lines}${echo}`], {
        encoding: "utf8",
        env: { PATH: "/usr/bin:/bin", HOME: "/nonexistent", LC_ALL: "C.UTF-8", AWS_PROFILE: "before" },
      });
      expect([status, stderr, stdout]).toEqual([0, "", `${value}|gone|`]);
    }
  });
});

describe("the lines for cmd", () => {
  it("are quoted, and a value that cannot be is refused", () => {
    expect(shellLines("cmd", ["AWS_PROFILE"], { A: "x/+= y" })).toBe('set "AWS_PROFILE="\nset "A=x/+= y"\n');
    for (const value of ['"', "%PATH%", "a&b", "a|b", "^"]) {
      expect(() => shellLines("cmd", [], { A: value })).toThrow("cannot be written for cmd");
    }
  });
});

describe("the command's environment", () => {
  const set = { AWS_ACCESS_KEY_ID: "new" };
  it("keeps every variable except those that would override the credentials", () => {
    const env = {
      AWS_PROFILE: "p",
      AWS_ROLE_ARN: "r",
      AWS_REGION: "eu-west-1",
      AWS_SESSION_TOKEN: "old",
      X: "1",
    };
    expect(commandEnvironment(env, set, "linux")).toEqual({
      AWS_ACCESS_KEY_ID: "new",
      AWS_REGION: "eu-west-1",
      X: "1",
    });
    expect(commandEnvironment({ aws_profile: "p", Path: "x" }, set, "win32")).toEqual({
      AWS_ACCESS_KEY_ID: "new",
      Path: "x",
    });
  });

  it("rejects credentials with control characters", () => {
    const credentials = { accessKeyId: "a", secretAccessKey: "b\nc", sessionToken: "d", expiration: 0 };
    expect(() => credentialVariables(credentials)).toThrow("AWS_SECRET_ACCESS_KEY");
  });
});
