import { lstatSync, type Stats, statSync } from "node:fs";
import { constants } from "node:os";
import { dirname } from "node:path";
import type { Remedy } from "../errors.ts";
import { shellWord } from "../text/commandWords.ts";
import { attempt } from "./attempt.ts";

/** The system's name for an error. Node names EDQUOT `Unknown system error -122`. */
export function errorCode(error: unknown): string {
  const { code, errno } = (error ?? {}) as NodeJS.ErrnoException;
  if (typeof code === "string" && !code.startsWith("Unknown ")) return code;
  const known = Object.entries(constants.errno).find(([, value]) => errno !== undefined && value === -errno);
  return known?.[0] ?? (typeof code === "string" ? code : "");
}

/** A file or folder that denies an access. */
interface Denial {
  readonly path: string;
  /** The end of a sentence about it: `belongs to root`, `has the mode 0555`. */
  readonly why: string;
  /** The command that changes its mode, or its owner where it lies in a folder of ours. */
  readonly remedy: Remedy;
}

/**
 * Finds what denies access to `path` (EACCES, EPERM). Considers the path and the folders above it,
 * and returns the highest that belongs to another user inside a folder of ours, or the lowest if no
 * folder is ours (the home is another user's). If that one is ours, its mode is the reason.
 * Undefined if the mode allows the access.
 */
export function findDenial(path: string): Denial | undefined {
  const ours = process.geteuid?.();
  // Ownership does not restrict root, and Windows has no such owners.
  if (!ours) return undefined;
  let lowest: Denial | undefined;
  let highest: Denial | undefined;
  for (let at = path; ; at = dirname(at)) {
    const found = attempt(() => statSync(at));
    if (found !== undefined && found.uid === ours) return highest ?? closedByMode(at, found);
    if (found !== undefined) {
      const why = `belongs to ${userName(found.uid)}`;
      const run = `sudo chown ${found.isDirectory() ? "-R " : ""}${ours} ${shellWord(at)}`;
      lowest ??= { path: at, why, remedy: {} };
      highest = { path: at, why, remedy: { run } };
    }
    if (dirname(at) === at) return lowest;
  }
}

/** The highest of `path` and the folders above it that exists and is not a folder. */
export function findNonFolder(path: string): string | undefined {
  let highest: string | undefined;
  for (let at = path; ; at = dirname(at)) {
    if (attempt(() => statSync(at).isDirectory(), false)) return highest;
    // This includes a dangling link.
    if (attempt(() => lstatSync(at)) !== undefined) highest = at;
    if (dirname(at) === at) return highest;
  }
}

function closedByMode(path: string, found: Stats): Denial | undefined {
  const [needed, bits] = found.isDirectory() ? [0o700, "rwx"] : [0o400, "r"];
  if ((found.mode & needed) === needed) return undefined;
  const why = `has the mode ${(found.mode & 0o7777).toString(8).padStart(4, "0")}`;
  return { path, why, remedy: { run: `chmod u+${bits} ${shellWord(path)}` } };
}

/** `root` or `user 1000`: Node cannot look up the names of other users. */
export function userName(uid: number): string {
  return uid === 0 ? "root" : `user ${uid}`;
}
