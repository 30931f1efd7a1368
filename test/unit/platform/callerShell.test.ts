import { describe, expect, it } from "vitest";
import {
  callerShell,
  quotedProgram,
  shellOfProgram,
  unsetCommand,
} from "../../../src/platform/callerShell.ts";

/** The system's own value (about_PSModulePath), which cmd has, too. */
const SYSTEM =
  "C:\\Program Files\\WindowsPowerShell\\Modules;C:\\Windows\\system32\\WindowsPowerShell\\v1.0\\Modules";
const CMD = { PROMPT: "$P$G", PSModulePath: SYSTEM };
const POWERSHELL_5 = { PSModulePath: `C:\\Users\\me\\Documents\\WindowsPowerShell\\Modules;${SYSTEM}` };
const POWERSHELL_7 = {
  PSModulePath: `D:\\OneDrive\\Dokumente\\PowerShell\\Modules;c:\\program files\\powershell\\7\\Modules;${SYSTEM}`,
};
const on = (env: Record<string, string>, platform: NodeJS.Platform = "win32") => ({ env, platform });

describe("the caller's shell on Windows", () => {
  it.each<[string, Record<string, string>, string]>([
    ["cmd", CMD, "cmd"],
    ["cmd without the system's modules", { PROMPT: "$P$G" }, "cmd"],
    ["Windows PowerShell", POWERSHELL_5, "powershell"],
    ["PowerShell 7", POWERSHELL_7, "powershell"],
    ["PowerShell without a folder of modules", {}, "powershell"],
    ["PowerShell in an editor that was started from cmd", { ...CMD, ...POWERSHELL_7 }, "powershell"],
    ["PowerShell behind an SDK that runs us by cmd", { ...CMD, ...POWERSHELL_5 }, "powershell"],
    ["Git Bash, also in PowerShell", { MSYSTEM: "MINGW64", ...POWERSHELL_5 }, "bash"],
  ])("%s is told from the environment", (_, env, shell) => {
    expect(callerShell(on(env))).toBe(shell);
  });
});

it.each([
  ["pwsh.exe", "powershell"],
  ["powershell.exe", "powershell"],
  ["cmd.exe", "cmd"],
  ["bash.exe", "bash"],
  ["-zsh", "zsh"],
  ["tcsh", undefined],
])("takes the program %s for %s", (program, shell) => {
  expect(shellOfProgram(program)).toBe(shell);
});

it("takes variables away in the words of that shell", () => {
  const unset = (system: Parameters<typeof callerShell>[0]) => unsetCommand(["A", "B"], system);
  expect(unset(on(CMD))).toBe("set A=& set B=");
  expect(unset(on(POWERSHELL_7))).toBe("Remove-Item Env:A, Env:B");
  expect(unset(on({ MSYSTEM: "MINGW64" }))).toBe("unset A B");
  expect(unset(on({}, "linux"))).toBe("unset A B");
});

it("runs a program with a space in its path in the words of that shell", () => {
  const path = "C:\\Program Files\\sso-cred.exe";
  expect(quotedProgram(path, on(CMD))).toBe(`"${path}"`);
  expect(quotedProgram(path, on(POWERSHELL_5))).toBe(`& "${path}"`);
});
