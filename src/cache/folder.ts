import { mkdirSync, readdirSync, rmSync, statSync, unlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { SsoCredError } from "../errors.ts";
import { retryWhileBusy } from "../platform/retryWhileBusy.ts";

const TEMPORARY = /^\.sso-cred-.+\.tmp$/;
const TEMPORARY_LIFE_MS = 60_000;

/**
 * Makes a folder and those above it, each 0700. Throws the system's error. Not `mkdirSync` with `recursive`: that never
 * returns where a folder that exists answers ENOENT to a mkdir in it (automounts, /proc).
 */
export function makeFolder(path: string): void {
  if (isFolder(path)) return;
  const parent = dirname(path);
  if (parent !== path) makeFolder(parent);
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Somebody else has just made it.
    if (!isFolder(path)) throw error;
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** A name for a temporary file of ours in that folder. */
export function temporaryName(folder: string): string {
  return join(folder, `.sso-cred-${process.pid}-${Math.random().toString(36).slice(2)}.tmp`);
}

/** Takes away what killed writers left in a folder; younger files may be of a writer that lives. */
export function sweepTemporaryFiles(folder: string, olderThanMs = TEMPORARY_LIFE_MS): void {
  for (const name of listFolder(folder)) {
    if (!TEMPORARY.test(name)) continue;
    const path = join(folder, name);
    try {
      if (Math.abs(Date.now() - statSync(path).mtimeMs) >= olderThanMs) unlinkSync(path);
    } catch {
      // Another writer swept it first, or it is not ours to remove.
    }
  }
}

/** The names in a folder; none when it cannot be listed. */
export function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Throws `config`, naming it, when a folder is there and cannot be listed. */
export function requireListable(folder: string): void {
  try {
    readdirSync(folder);
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return;
    throw new SsoCredError("config", `cannot list ${folder} (${code})`, { cause: error });
  }
}

/** Removes what may just as well stay: where a folder takes no change it does. */
export function removeIfPossible(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // Nothing that a caller could do.
  }
}

/** Removes a file, if it is there. Throws `config`, naming it, when it cannot be removed. */
export function removeFile(path: string): void {
  try {
    retryWhileBusy(() => rmSync(path, { force: true }));
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    throw new SsoCredError("config", `cannot remove ${path} (${code})`, { cause: error });
  }
}
