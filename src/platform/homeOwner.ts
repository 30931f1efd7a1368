import { statSync } from "node:fs";
import { type Environment, homeDirectory } from "../hit/paths.ts";

/** Stands for every user that a container's user namespace does not map (user_namespaces(7)). */
const UNMAPPED = 65_534;

/** What @types/node leaves out (nodejs.org/api/process.html#processinitgroupsuser-extragroup). */
type Groups = { initgroups?: (user: number, extraGroup: number) => void };

/**
 * Root in another user's home (`sudo -E`) becomes that user for good, and the browser and the worker with it: no file of theirs
 * becomes root's, and a link that they place leads nowhere they may not go. Where the system does not allow it
 * (a container without the right), `cache/ownedFile.ts` still keeps owners.
 */
export function becomeHomeOwner({ env, platform }: Environment): void {
  if (process.geteuid?.() !== 0) return;
  try {
    const { uid, gid } = statSync(homeDirectory(env, platform));
    if (uid === 0 || uid === UNMAPPED) return;
    setGroups(uid, gid);
    process.setgid?.(gid);
    process.setuid?.(uid);
  } catch {
    // No home, or no right to change users.
  }
}

function setGroups(uid: number, gid: number): void {
  try {
    (process as Groups).initgroups?.(uid, gid);
  } catch {
    // A user that the system's tables do not know is in no other group.
    process.setgroups?.([gid]);
  }
}

/** `root`, or `user 1000`. Node has no call for the names of other users. */
export function userName(uid: number): string {
  return uid === 0 ? "root" : `user ${uid}`;
}
