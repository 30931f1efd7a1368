import { lastAttempt, recordAttempt } from "../cache/attempts.ts";
import { withLock } from "../cache/lock.ts";
import { sessionLockPath, sessionStatePath } from "../cache/stateFile.ts";
import {
  readToken,
  tokenFileExists,
  tokenFingerprint,
  tokenPath,
  tokenWrittenAt,
} from "../cache/tokenCache.ts";
import { sessionTitle } from "../config/describeSession.ts";
import { isKind, SsoCredError } from "../errors.ts";
import { isFresh, isUsable } from "../hit/expiry.ts";
import { SHORT_RETRY_MS } from "../http/withRetries.ts";
import { oidcEndpoint } from "../identityCenter/endpoints.ts";
import type { SsoSession, SsoToken } from "../model.ts";
import type { System } from "../platform/system.ts";
import { sessionForWorker } from "../signIn/changeLogin.ts";
import { canRefresh, type RefreshOptions } from "./refreshToken.ts";
import { refreshUnderLock, startRefreshWorker } from "./refreshWorker.ts";
import { tokenLookup } from "./tokenLookup.ts";

interface TokenRequest extends RefreshOptions {
  /** An access token that the portal rejected although it has not expired. */
  refused?: string | undefined;
  /** The caller has something usable, so it waits at most 3 s for another process. */
  canDoWithout?: boolean;
}

/**
 * Returns a usable token, cached or refreshed; undefined if a person has to sign in. Processes that
 * need the same refresh wait for the one that does it.
 *
 * Throws `unavailable` (service out of reach, nothing usable left), `config` (the new token could
 * not be written, so nothing was spent), `login-required` (signed out in the meantime).
 */
export async function obtainToken(
  session: SsoSession,
  request: TokenRequest,
  system: System,
): Promise<SsoToken | undefined> {
  const startedAt = system.now();
  const refusedFingerprint = request.refused === undefined ? undefined : tokenFingerprint(request.refused);
  const lookup = tokenLookup(session, refusedFingerprint, system);
  const token = lookup.seen;
  if (lookup.isValid(token, isFresh)) return token;
  if (!token && !tokenFileExists(session, system)) return undefined;
  const isStillUsable = lookup.isValid(token, isUsable);
  // No tool refreshes a legacy profile's token.
  if (session.name === null) return isStillUsable ? token : undefined;
  const attempts = sessionStatePath("attempts", session, system);
  const last = lastAttempt(attempts, system);
  if (last && isStillUsable) return token;
  if (last?.failure?.kind === "login-required" && (tokenWrittenAt(session, system) ?? 0) <= last.at)
    return undefined;
  if (lookup.needsSignIn(token)) return undefined;
  // With a usable token, keep half of a short run for using it.
  const spareMs = isStillUsable ? Math.min(SHORT_RETRY_MS, (request.deadline - startedAt) / 2) : 0;
  const deadline = request.deadline - spareMs;
  const isOptional = request.canDoWithout === true || isStillUsable;
  const retryUntil = Math.min(request.retryUntil, deadline);
  const wait = {
    deadline: isOptional ? Math.min(deadline, startedAt + SHORT_RETRY_MS) : deadline,
    purpose: `another sso-cred that refreshes the token of '${sessionTitle(session)}'`,
    writes: tokenPath(session, system),
    // Read by `runRefreshWorker`.
    task: { session: sessionForWorker(session), retryUntil, refusedFingerprint },
    pollWhileWaiting: lookup.resultOfOtherProcess,
  };
  const lock = sessionLockPath("token", session, system);
  let isHandedOver = false;
  try {
    for (;;) {
      const result = await withLock(system, lock, wait, refreshOrHandOver);
      if (result !== "handed over") return result.token;
    }
  } catch (error) {
    const current = lookup.usableAfter(isHandedOver ? unanswered(error) : error);
    // Record the timeout, so that the next calls don't wait for the lock again.
    recordAttempt(attempts, system);
    return current;
  }

  /** `lockId` is undefined where no lock can be created, and so none can be handed over. */
  async function refreshOrHandOver(lockId?: string) {
    // Look again: the previous holder of the lock has written a token or has just failed. One
    // attempt is enough for all waiters.
    const result = lookup.resultOfOtherProcess();
    if (result) return result;
    const current = readToken(session, system);
    const canHandOver =
      lockId !== undefined && !isHandedOver && current && canRefresh(session, current, system.now());
    if (canHandOver && (await startRefreshWorker(session, lockId, wait.deadline, system))) {
      isHandedOver = true;
      return "handed over";
    }
    return { token: await refreshUnderLock(session, lookup, { ...request, deadline, isOptional }, system) };
  }

  /** The error if our own worker has no response in time. It records its other failures. */
  function unanswered(error: unknown): unknown {
    if (system.now() < wait.deadline || !isKind(error, "unavailable")) return error;
    const host = new URL(oidcEndpoint(session)).host;
    const seconds = Math.round((wait.deadline - startedAt) / 1000);
    const message = `${host} did not answer within ${seconds} s; the refresh of the token of '${sessionTitle(session)}' continues, and the next call uses its result`;
    return new SsoCredError("unavailable", message, { cause: error });
  }
}
