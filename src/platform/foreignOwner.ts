import { statSync } from "node:fs";
import { dirname } from "node:path";
import type { Remedy } from "../errors.ts";
import { shellWord } from "../text/commandWords.ts";
import { attempt } from "./attempt.ts";

/** A file or folder of another user that denies an access. */
interface ForeignOwner {
  readonly path: string;
  /** `root`, or `user 1000`. */
  readonly owner: string;
  /** The command that changes its owner, where it lies in a folder of ours. */
  readonly remedy: Remedy;
}

/**
 * What denies the access to `path` (EACCES, EPERM): the highest of it and the folders above it that
 * belongs to another user and lies in a folder of ours. If there is none of ours (the home is
 * another user's), the lowest; undefined if that is ours.
 */
export function foreignOwner(path: string): ForeignOwner | undefined {
  const ours = process.geteuid?.();
  // Owners deny nothing to root, and Windows has none.
  if (!ours) return undefined;
  let lowest: ForeignOwner | undefined;
  let highest: ForeignOwner | undefined;
  for (let at = path; ; at = dirname(at)) {
    const found = attempt(() => statSync(at), undefined);
    if (found !== undefined && found.uid === ours) return highest;
    if (found !== undefined) {
      const owner = userName(found.uid);
      const run = `sudo chown ${found.isDirectory() ? "-R " : ""}${ours} ${shellWord(at)}`;
      lowest ??= { path: at, owner, remedy: {} };
      highest = { path: at, owner, remedy: { run } };
    }
    if (dirname(at) === at) return lowest;
  }
}

/** `root`, or `user 1000`: Node has no call for the names of other users. */
export function userName(uid: number): string {
  return uid === 0 ? "root" : `user ${uid}`;
}
