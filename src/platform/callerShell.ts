import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import type { System } from "./system.ts";

/** The shell that runs this command line, by the name that `--shell` takes; `sh` if unknown. */
export function callerShell({ env, platform }: Pick<System, "env" | "platform">): string {
  // Of PowerShell and cmd, only cmd sets PROMPT.
  if (platform === "win32") return env.MSYSTEM ? "bash" : env.PROMPT ? "cmd" : "powershell";
  const names = [parentName(platform), basename(env.SHELL ?? "")].map(normalName);
  return names.find((name) => name !== undefined) ?? "sh";
}

function normalName(name: string): string | undefined {
  const plain = name.replace(/^-/, "");
  if (plain === "pwsh") return "powershell";
  if (["bash", "zsh", "fish"].includes(plain)) return plain;
  return ["sh", "dash", "ash", "ksh", "busybox"].includes(plain) ? "sh" : undefined;
}

function parentName(platform: NodeJS.Platform): string {
  if (platform !== "linux") {
    const ps = spawnSync("/bin/ps", ["-o", "comm=", "-p", String(process.ppid)], { encoding: "utf8" });
    return basename((ps.stdout ?? "").trim());
  }
  try {
    return readFileSync(`/proc/${process.ppid}/comm`, "utf8").trim();
  } catch {
    return "";
  }
}
