import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { attempt } from "./attempt.ts";
import { ps } from "./processIdentity.ts";
import type { Environment } from "./system.ts";

/** Shells with a syntax that `--shell` does not support. */
const OTHER_SHELLS = ["csh", "tcsh", "nu", "elvish", "xonsh"];

/**
 * The user's own folder of modules, which PowerShell puts into PSModulePath when it starts. The
 * system's setting names folders below Program Files and Windows (about_PSModulePath).
 */
const OF_POWERSHELL = /(?:^|;)(?!.:\\Program Files)[^;]*\\(?:Windows)?PowerShell\\Modules\\?(?:;|$)/i;

/**
 * The shell that runs this command line, as a value of `--shell`. A shell with an unsupported
 * syntax is returned by its own name, and an unknown program counts as `sh`.
 */
export function callerShell({ env, platform }: Environment): string {
  if (platform === "win32") return shellOfWindows(env);
  const parent = parentName(platform).replace(/^-/, "");
  if (OTHER_SHELLS.includes(parent)) return parent;
  const names = [parent, basename(env.SHELL ?? "")].map(shellOfProgram);
  return names.find((name) => name !== undefined) ?? "sh";
}

/**
 * Only cmd sets PROMPT, but a PowerShell below cmd inherits it: in an editor that was started from
 * cmd, or when an SDK runs this program through cmd.
 */
function shellOfWindows(env: Environment["env"]): string {
  if (env.MSYSTEM) return "bash";
  return env.PROMPT && !OF_POWERSHELL.test(env.PSModulePath ?? "") ? "cmd" : "powershell";
}

/** The value of `--shell` for a shell's program; undefined for an unsupported shell. */
export function shellOfProgram(name: string): string | undefined {
  const plain = name.replace(/^-/, "").replace(/\.exe$/i, "");
  if (plain === "pwsh") return "powershell";
  if (["bash", "zsh", "fish", "powershell", "cmd"].includes(plain)) return plain;
  return ["sh", "dash", "ash", "ksh", "mksh", "busybox"].includes(plain) ? "sh" : undefined;
}

function parentName(platform: NodeJS.Platform): string {
  if (platform !== "linux") return basename(ps(["comm"], process.ppid));
  return attempt(() => readFileSync(`/proc/${process.ppid}/comm`, "utf8"), "").trim();
}

/** The command that unsets these variables in the person's shell. */
export function unsetCommand(names: readonly string[], system: Environment): string {
  const shell = system.platform === "win32" ? callerShell(system) : "bash";
  if (shell === "bash") return `unset ${names.join(" ")}`;
  if (shell === "cmd") return names.map((name) => `set ${name}=`).join("& ");
  // In PowerShell, `set NAME=` succeeds without any effect on the environment.
  return `Remove-Item ${names.map((name) => `Env:${name}`).join(", ")}`;
}

/** The path of a program as the first word of a command, for a Windows path with spaces. */
export function quotedProgram(path: string, system: Environment): string {
  return callerShell(system) === "powershell" ? `& "${path}"` : `"${path}"`;
}
