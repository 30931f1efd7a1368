import { uptime } from "node:os";
import { isAbsolute, resolve } from "node:path";
import { withLock, withLockIfFree } from "../cache/lock.ts";
import { cannotWrite } from "../cache/ownedFile.ts";
import { forgetRegistration } from "../cache/registrationCache.ts";
import { sessionLockPath, sessionStatePath, tokenKey } from "../cache/stateFile.ts";
import { tokenFingerprint } from "../cache/tokenCache.ts";
import { SsoCredError } from "../errors.ts";
import { sha1 } from "../hit/sha1.ts";
import type { CaBundle, SessionIdentity, SsoSession } from "../model.ts";
import { attempt } from "../platform/attempt.ts";
import type { System } from "../platform/system.ts";
import {
  awaitedToken,
  claim,
  isCurrent,
  isJoinable,
  type PendingLogin,
  readPendingLogin,
  removeClaims,
  removePendingLogin,
  WORKER_CLAIM,
  writePendingLogin,
} from "./pendingLogin.ts";

export const WORKER_FLAG = "--login-worker";

/** The lock is held only for a few writes. */
const LOCK_WAIT_MS = 3_000;

export interface NewLogin extends Pick<PendingLogin, "grant" | "browser" | "deviceFallback" | "caller"> {
  /** The access token that the new one replaces. */
  replaces?: string | undefined;
  /** Starts a new sign-in even if one is open, which then ends. */
  anew?: boolean;
}

/**
 * Starts the sign-in of a session, or returns the one that another process has just started. Starts
 * nothing if the token has arrived in the meantime.
 */
export async function startLogin(
  session: SsoSession,
  { anew = false, replaces, ...options }: NewLogin,
  deadline: number,
  system: System,
): Promise<PendingLogin> {
  const path = sessionStatePath("logins", session, system);
  const wait = {
    deadline,
    purpose: `another sso-cred that starts the sign-in to '${session.name ?? session.startUrl}'`,
    writes: path,
  };
  return withLock(system, sessionLockPath("login", session, system), wait, async () => {
    const current = joinable();
    if (current) return current;
    const login: PendingLogin = {
      id: sha1(`${process.pid} ${process.hrtime.bigint()} ${Math.random()}`).slice(0, 16),
      session: sessionForWorker(session),
      startedUptime: uptime(),
      state: "starting",
      ...options,
      replaces: replaces && tokenFingerprint(replaces),
    };
    // If this process was suspended for long it may have lost the lock, and a second page would end
    // the first.
    const isWanted = () => anew || !(joinable() || awaitedToken(session, login, system));
    try {
      forgetClient(session, system);
      removeClaims(path);
      if (!writePendingLogin(login, system, isWanted)) return joinable() ?? login;
    } catch (error) {
      throw cannotWrite(path, error, "nobody can sign in");
    }
    const { grant, browser, caller } = login;
    system.trace.step("start the sign-in", { grant, browser, caller });
    const pid = system.startDetached([WORKER_FLAG, tokenKey(session), login.id]);
    if (pid !== undefined) claim(login, WORKER_CLAIM, system, pid);
    return login;
  });

  function joinable(): PendingLogin | undefined {
    const current = anew ? undefined : readPendingLogin(session, system);
    return current && isJoinable(current, session, system) ? current : undefined;
  }
}

/** A worker leaves this folder, so a relative path is made absolute. */
export function sessionForWorker(session: SsoSession): SsoSession {
  return { ...session, caBundle: session.caBundle && withAbsolutePath(session.caBundle) };
}

function withAbsolutePath(bundle: CaBundle): CaBundle | undefined {
  const { path, setting, isOptional } = bundle;
  const folder = attempt(() => process.cwd());
  if (isAbsolute(path) || folder !== undefined) return { ...bundle, path: resolve(folder ?? "/", path) };
  if (isOptional) return undefined;
  const message = `the CA bundle ${path} is relative to the current folder, which has been removed: correct ${setting}`;
  throw new SsoCredError("config", message);
}

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

/**
 * Ends the session's sign-in, if one is open; with `only`, that one. Throws `config` naming a file
 * that stays.
 */
export async function cancelLogin(
  session: SessionIdentity,
  system: System,
  only?: PendingLogin,
): Promise<void> {
  await withLoginLock(session, system, () => {
    if (only && !isCurrent(only, system)) return;
    forgetClient(session, system);
    removePendingLogin(session, system);
  });
}

/** Forgets the client: its sign-in page may have said that the service does not know it. */
function forgetClient(session: SessionIdentity, system: System): void {
  const login = readPendingLogin(session, system);
  if (login?.grant === "browser" && login.state !== "failed") forgetRegistration(login.session, system);
}

/** The sign-in must end even after Ctrl-C, or if the lock is not free in time. */
function withLoginLock<T>(session: SessionIdentity, system: System, work: () => T): Promise<T> {
  const writes = sessionStatePath("logins", session, system);
  const wait = { timeoutMs: LOCK_WAIT_MS, purpose: "a change of the same sign-in", writes };
  return withLockIfFree(system, sessionLockPath("login", session, system), wait, work);
}
