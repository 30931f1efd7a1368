import { constants, mkdirSync, openSync, readdirSync, rmSync, statSync, unlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { attempt, closing } from "../platform/attempt.ts";
import { retryWhileBusy } from "../platform/retryWhileBusy.ts";
import { errorCode } from "../platform/systemError.ts";
import { deniedError, giveTo, writeError } from "./ownedFile.ts";

/** Older temporary files are leftovers of killed writers. */
export const MAX_TEMPORARY_AGE_MS = 60_000;

/**
 * Creates a folder and its parents, 0700. Root gives each to the owner of its parent. `mkdirSync`
 * with `recursive` would never return if an existing folder reports ENOENT (automounts, /proc).
 */
export function makeFolder(path: string): void {
  if (isFolder(path)) return;
  const parent = dirname(path);
  if (parent !== path) makeFolder(parent);
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Another process may have created it in the meantime.
    if (isFolder(path)) return;
    throw error;
  }
  if (process.geteuid?.() !== 0) return;
  const flags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
  attempt(() => closing(openSync(path, flags), (fd) => giveTo(fd, statSync(parent))));
}

function isFolder(path: string): boolean {
  return attempt(() => statSync(path).isDirectory(), false);
}

/** Returns a name for a temporary file in the folder. */
export function temporaryName(folder: string): string {
  return join(folder, `.sso-cred-${process.pid}-${Math.random().toString(36).slice(2)}.tmp`);
}

/** True for the name of one of our temporary files, of any process or only of `pid`. */
export function isTemporary(name: string, pid?: number): boolean {
  const prefix = pid === undefined ? ".sso-cred-" : `.sso-cred-${pid}-`;
  return name.startsWith(prefix) && name.endsWith(".tmp");
}

/** Removes the temporary files of killed writers. Younger ones may still be in use. */
export function sweepTemporaryFiles(folder: string, olderThanMs = MAX_TEMPORARY_AGE_MS): void {
  for (const name of listFolder(folder).filter((each) => isTemporary(each))) {
    const path = join(folder, name);
    // Another writer may have removed it, or it may belong to another user.
    attempt(() => {
      if (Math.abs(Date.now() - statSync(path).mtimeMs) >= olderThanMs) unlinkSync(path);
    });
  }
}

/** The names in a folder; empty if it cannot be listed. */
export function listFolder(folder: string): string[] {
  return attempt(() => readdirSync(folder), []);
}

/** Throws `config`, naming the folder, if it exists and cannot be listed. */
export function requireListable(folder: string): void {
  try {
    readdirSync(folder);
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(errorCode(error))) return;
    throw deniedError(folder, error, (code) => `cannot list ${folder} (${code})`);
  }
}

/** Removes a file. Best effort: the file does no harm if it stays. */
export function removeIfPossible(path: string): void {
  attempt(() => retryWhileBusy(() => unlinkSync(path)));
}

/** Removes a file, if it exists. Throws `config`, naming the file, if it cannot be removed. */
export function removeFile(path: string): void {
  try {
    retryWhileBusy(() => rmSync(path, { force: true }));
  } catch (error) {
    throw writeError(path, error, (code) => `cannot remove ${path} (${code})`);
  }
}
