import { spawnSync } from "node:child_process";
import type { System } from "./system.ts";

/** A name that every reader of a `credential_process` line takes literally without quotes. */
const PLAIN = /^[\p{L}\p{M}\p{N}_.@+~-]+$/u;
/** cmd usually takes milliseconds. */
const TIMEOUT_MS = 2_000;

/**
 * Replaces the parts of a Windows path that would need quotes by their short names (`PROGRA~1`),
 * because the SDK for Go cannot pass quotes through cmd (github.com/aws/aws-sdk-go-v2/issues/3208).
 * Unchanged on a drive without short names.
 */
export function shortPath(path: string, env: System["env"]): string {
  // cmd would replace %NAME% even within quotes.
  if (/[%"]/.test(path) || path.split("\\").slice(1).every(isPlain)) return path;
  const cmd = `${env.SystemRoot || "C:\\Windows"}\\System32\\cmd.exe`;
  const { stdout } = spawnSync(cmd, [`/u /d /c for %I in ("${path}") do @echo %~sI`], {
    windowsVerbatimArguments: true,
    windowsHide: true,
    timeout: TIMEOUT_MS,
    stdio: ["ignore", "pipe", "ignore"],
  });
  return withShortNames(path, stdout?.toString("utf16le").trim() ?? "");
}

/** Takes the names that need quotes from `short`, the same path in short names. */
export function withShortNames(path: string, short: string): string {
  const names = path.split("\\");
  const shortNames = short.split("\\");
  if (shortNames.length !== names.length || !shortNames.slice(1).every(isPlain)) return path;
  return names.map((name, at) => (at === 0 || isPlain(name) ? name : shortNames[at])).join("\\");
}

/** The empty names at the start of `\\host\share` included. */
function isPlain(name: string): boolean {
  return name === "" || PLAIN.test(name);
}
