import { statSync } from "node:fs";
import { homeDirectory } from "../hit/paths.ts";
import type { Environment } from "./system.ts";

/** Every user that a container's namespace does not map has this number (user_namespaces(7)). */
const UNMAPPED = 65_534;

let hasBeenRoot = false;

/** True if {@link becomeHomeOwner} has made this process another user's. */
export function isNoLongerRoot(): boolean {
  return hasBeenRoot;
}

/** Missing from @types/node (nodejs.org/api/process.html#processinitgroupsuser-extragroup). */
type Groups = { initgroups?: (user: number, extraGroup: number) => void };

/**
 * In another user's home (`sudo -E`), root becomes that user for good; the browser and the worker
 * inherit this. So no file becomes root's, and a link placed by the user leads only where the user
 * may go. If the system does not allow it (a container without the right), `cache/ownedFile.ts`
 * still keeps owners.
 */
export function becomeHomeOwner(system: Environment): void {
  if (process.geteuid?.() !== 0) return;
  try {
    const { uid, gid } = statSync(homeDirectory(system));
    if (uid === 0 || uid === UNMAPPED) return;
    setGroups(uid, gid);
    process.setgid?.(gid);
    process.setuid?.(uid);
    hasBeenRoot = true;
  } catch {
    // There is no home, or no right to change users.
  }
}

function setGroups(uid: number, gid: number): void {
  try {
    (process as Groups).initgroups?.(uid, gid);
  } catch {
    // A user that the system does not know is in no other group.
    process.setgroups?.([gid]);
  }
}
