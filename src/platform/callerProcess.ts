import { readFileSync } from "node:fs";
import { printable } from "../text/printable.ts";
import { processStat } from "./processIdentity.ts";

const SHELLS = new Set(["sh", "bash", "dash", "zsh", "ash", "ksh", "fish"]);

/**
 * Who asked for credentials, as `aws (process 4711)`: our parent, or its parent when an SDK went through a shell.
 * Undefined where the system does not tell for free (only Linux does).
 */
export function callerProcess(platform: NodeJS.Platform): string | undefined {
  if (platform !== "linux") return undefined;
  let pid = process.ppid;
  let name = commandName(pid);
  if (SHELLS.has(name)) {
    const parent = Number(processStat(pid)[1]);
    const parentName = parent > 1 ? commandName(parent) : "";
    if (parentName) [pid, name] = [parent, parentName];
  }
  return name ? `${name} (process ${pid})` : undefined;
}

function commandName(pid: number): string {
  try {
    return printable(readFileSync(`/proc/${pid}/comm`, "utf8"), 40);
  } catch {
    return "";
  }
}
