import { withLockIfFree } from "../cache/lock.ts";
import { sessionLockPath, sessionStatePath } from "../cache/stateFile.ts";
import type { SessionIdentity } from "../model.ts";
import type { System } from "../platform/system.ts";
import { isCurrent, type PendingLogin, removePendingLogin, writePendingLogin } from "./pendingLogin.ts";

/** The lock is held only for a few writes. */
const LOCK_WAIT_MS = 3_000;

/**
 * Writes the new state of a sign-in unless it has ended or was replaced. The lock keeps a logout
 * between check and write from being undone. Returns whether it was written.
 */
export async function updateLogin(login: PendingLogin, system: System): Promise<boolean> {
  const isWanted = () => isCurrent(login, system);
  return withLoginLock(login.session, system, () => isWanted() && writePendingLogin(login, system, isWanted));
}

/** Removes the record of a finished sign-in, unless another sign-in has replaced it. */
export async function endLogin(login: PendingLogin, system: System): Promise<void> {
  await withLoginLock(login.session, system, () => {
    if (isCurrent(login, system)) removePendingLogin(login.session, system);
  });
}

/** Ends the session's sign-in, if one is open. Throws `config` naming a file that stays. */
export async function cancelLogin(session: SessionIdentity, system: System): Promise<void> {
  await withLoginLock(session, system, () => removePendingLogin(session, system));
}

/** The sign-in must end even after Ctrl-C, or if the lock is not free in time. */
function withLoginLock<T>(session: SessionIdentity, system: System, work: () => T): Promise<T> {
  const writes = sessionStatePath("logins", session, system);
  const wait = { timeoutMs: LOCK_WAIT_MS, purpose: "a change of the same sign-in", writes };
  return withLockIfFree(system, sessionLockPath("login", session, system), wait, work);
}
