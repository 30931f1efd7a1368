import { join } from "node:path";
import { recordAttempt } from "../cache/attempts.ts";
import { withLockOf } from "../cache/lock.ts";
import { lockIdAt } from "../cache/lockFile.ts";
import { sessionLockPath, sessionStatePath, tokenKey } from "../cache/stateFile.ts";
import { readToken, tokenFileExists, tokenFingerprint } from "../cache/tokenCache.ts";
import { watchFiles } from "../cache/watchFiles.ts";
import { loginRequired, sessionTitle } from "../config/describeSession.ts";
import { isFresh, isUsable } from "../hit/expiry.ts";
import { stateDirectory } from "../hit/paths.ts";
import { endedByDeadline, SHORT_RETRY_MS } from "../http/withRetries.ts";
import { identityCenter } from "../identityCenter/identityCenter.ts";
import type { SsoSession, SsoToken } from "../model.ts";
import { attempt } from "../platform/attempt.ts";
import type { System } from "../platform/system.ts";
import { removeFormerRoles } from "../signIn/formerRoles.ts";
import { parseSession } from "../signIn/loginRecord.ts";
import { canRefresh, type RefreshOptions, refreshToken } from "./refreshToken.ts";
import { type TokenLookup, tokenLookup } from "./tokenLookup.ts";

/*
 * A refresh token is spent by the request, and its successor is in the response. So the request is
 * sent by a detached process, which stores the response even if an SDK or a person ends the caller.
 */

export const REFRESH_FLAG = "--refresh-worker";

/** For the response. Shorter than the 60 s for which a running process may hold a lock. */
const RESPONSE_MS = 50_000;
/** How long another tool, which may have rotated the refresh token, is given to finish writing. */
const ROTATION_WAIT_MS = 2_000;
const ROTATION_POLL_MS = 100;

/**
 * Starts the worker and waits until it holds the session's lock `lockId`. Returns false where no
 * process can be started, or `deadline` (epoch milliseconds) passes first.
 */
export async function startRefreshWorker(
  session: SsoSession,
  lockId: string,
  deadline: number,
  system: System,
): Promise<boolean> {
  const pid = system.startDetached([REFRESH_FLAG, tokenKey(session), lockId]);
  if (pid === undefined) return false;
  const path = sessionLockPath("token", session, system);
  const changes = watchFiles([path], system);
  try {
    while (lockIdAt(path) === lockId) {
      const leftMs = deadline - system.now();
      const isRunning = attempt(() => process.kill(pid, 0), false);
      if (leftMs <= 0 || !isRunning) return false;
      await changes.next(leftMs);
    }
    return true;
  } finally {
    changes.close();
  }
}

/** The detached process: takes the lock over, and works on the task that is written in it. */
export async function runRefreshWorker(key: string, lockId: string, system: System): Promise<void> {
  if (!/^[0-9a-f]{40}$/.test(key)) return;
  const path = join(stateDirectory(system), "locks", `token-${key}`);
  await withLockOf(system, path, lockId, async ({ session: stored, retryUntil, refusedFingerprint }) => {
    const session = parseSession(stored);
    if (!session || typeof retryUntil !== "number") return;
    const refused = typeof refusedFingerprint === "string" ? refusedFingerprint : undefined;
    const api = identityCenter(session, system);
    const options = { deadline: system.now() + RESPONSE_MS, retryUntil, api };
    try {
      await refreshUnderLock(session, tokenLookup(session, refused, system), options, system);
    } catch (error) {
      system.trace.step("the refresh failed", { error: String(error) });
    }
  });
  removeFormerRoles(system);
}

/**
 * One attempt to refresh, by the holder of the session's lock. Records how it ended, for all who
 * wait. Returns undefined if a person has to sign in. Throws as `refreshToken`, unless the old
 * token is still usable.
 */
export async function refreshUnderLock(
  session: SsoSession,
  lookup: TokenLookup,
  options: RefreshOptions,
  system: System,
): Promise<SsoToken | undefined> {
  const attempts = sessionStatePath("attempts", session, system);
  const current = readToken(session, system);
  // The file was half-written at the first look, so nobody else's result was found.
  if (lookup.isValid(current, isFresh)) return current;
  if (lookup.needsSignIn(current)) return undefined;
  const isStillUsable = lookup.isValid(current, isUsable);
  const mostRetryMs = isStillUsable ? SHORT_RETRY_MS : Number.POSITIVE_INFINITY;
  const retryUntil = Math.min(system.now() + mostRetryMs, options.retryUntil);
  try {
    const refreshed = current && (await refreshToken(session, current, { ...options, retryUntil }, system));
    if (refreshed) {
      const fingerprint = lookup.isRefused(current) ? tokenFingerprint(refreshed.accessToken) : undefined;
      recordAttempt(attempts, system, undefined, fingerprint);
      return refreshed;
    }
    if (isStillUsable) {
      recordAttempt(attempts, system);
      return current;
    }
    // Another tool, which takes no lock, may be about to write a token in place of this one.
    const giveUpAt = Math.min(system.now() + ROTATION_WAIT_MS, options.deadline);
    while (system.now() < giveUpAt && tokenFileExists(session, system)) {
      const late = readToken(session, system);
      if (late?.accessToken !== current?.accessToken && lookup.isValid(late, isUsable)) return late;
      await system.sleep(ROTATION_POLL_MS);
    }
    const message = `the token of '${sessionTitle(session)}' cannot be refreshed`;
    const isRejected = current && canRefresh(session, current, system.now());
    const fingerprint = isRejected ? tokenFingerprint(current.accessToken) : undefined;
    recordAttempt(attempts, system, loginRequired(session, message), fingerprint);
    return undefined;
  } catch (error) {
    const isOurs = endedByDeadline(error, options.deadline, system.now());
    recordAttempt(attempts, system, isOurs ? undefined : error);
    return lookup.usableAfter(error);
  }
}
