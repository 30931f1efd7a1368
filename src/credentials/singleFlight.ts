import { attemptSince, lastAttempt, recordAttempt } from "../cache/attempts.ts";
import { withLock } from "../cache/lock.ts";
import {
  keepsRoleCredentials,
  readRoleCredentials,
  usableRoleCredentials,
} from "../cache/roleCredentialsCache.ts";
import { roleAttemptPath, roleLockPath } from "../cache/stateFile.ts";
import { readToken, tokenFingerprint, tokenWrittenAt } from "../cache/tokenCache.ts";
import { isKind } from "../errors.ts";
import { isFresh } from "../hit/expiry.ts";
import { roleCredentialsPath } from "../hit/paths.ts";
import { endedByDeadline } from "../http/withRetries.ts";
import type { SessionRole } from "../model.ts";
import type { System } from "../platform/system.ts";
import { askPortal, type Outcome, type RequestContext } from "./askPortal.ts";
import { SHORT_RETRY_MS } from "./retryBudget.ts";

/** Some SDKs run the program again after a failure, which gets the same denial. */
const SAME_DENIAL_MS = 10_000;

/**
 * One attempt to get credentials, under the role's lock. While waiting for the lock, takes the
 * result of another process. If the service or the lock is unavailable, falls back to usable cached
 * credentials. Throws as `askPortal`.
 */
export async function singleFlight(
  role: SessionRole,
  context: RequestContext,
  system: System,
): Promise<Outcome> {
  // With the cache off there is no result to share, so don't take the lock.
  if (!keepsRoleCredentials(system)) return askPortal(role, context, system);
  const startedAt = system.now();
  const before = readRoleCredentials(role, system);
  if (before && isFresh(before.expiration, system.now())) return { credentials: before };
  const usable = () => {
    const credentials = usableRoleCredentials(role, system);
    return credentials && { credentials };
  };
  const attempts = roleAttemptPath(role, system);
  const coolDownResult = () => (lastAttempt(attempts, system) ? usable() : undefined);
  const cooling = coolDownResult();
  if (cooling) return cooling;
  const denied = attemptSince(attempts, startedAt - SAME_DENIAL_MS, system);
  // Not if somebody has signed in or out since: the denial was for another token.
  const isSameToken = (at: number) => (tokenWrittenAt(role.session, system) ?? Infinity) <= at;
  if (denied?.failure?.kind === "access-denied" && isSameToken(denied.at)) throw denied.failure;
  const wait = {
    deadline: usable() ? Math.min(context.deadline, startedAt + SHORT_RETRY_MS) : context.deadline,
    purpose: `another sso-cred that asks for the role '${role.roleName}'`,
    writes: roleCredentialsPath(role, system),
    pollWhileWaiting: resultOfOtherProcess,
  };
  try {
    return await withLock<Outcome>(system, roleLockPath(role, system), wait, askUnderLock);
  } catch (error) {
    const cached = fallBackToCache(error);
    // Record the timeout, so that the next calls don't wait for the lock again.
    recordAttempt(attempts, system);
    return cached;
  }

  function fallBackToCache(error: unknown): Outcome {
    const cached = isKind(error, "unavailable", "config") ? usable() : undefined;
    if (!cached) throw error;
    system.trace.step("out of reach, but the cached credentials are still usable", { error: String(error) });
    return cached;
  }

  function resultOfOtherProcess(): Outcome | undefined {
    const current = usable();
    if (current && current.credentials.expiration !== before?.expiration) return current;
    const { failure, tokenFingerprint: refused } = attemptSince(attempts, startedAt, system) ?? {};
    if (failure) return fallBackToCache(failure);
    const token = refused === undefined ? undefined : readToken(role.session, system);
    return token && tokenFingerprint(token.accessToken) === refused
      ? { refused: token.accessToken }
      : undefined;
  }

  async function askUnderLock(): Promise<Outcome> {
    // Look again: the previous holder of the lock has written credentials or has just failed. One
    // attempt is enough for all waiters.
    const others = coolDownResult() ?? resultOfOtherProcess();
    if (others) return others;
    try {
      const outcome = await askPortal(role, context, system);
      if ("credentials" in outcome) {
        // Fresh credentials in the cache keep everybody from asking again.
        const cached = readRoleCredentials(role, system);
        if (!cached || !isFresh(cached.expiration, system.now())) recordAttempt(attempts, system);
      }
      // With usable credentials cached, a recorded attempt would start the cool-down, and the new
      // sign-in would not be used.
      else if (outcome.refused !== undefined && !usable())
        recordAttempt(attempts, system, undefined, tokenFingerprint(outcome.refused));
      return outcome;
    } catch (error) {
      const isOurs = endedByDeadline(error, context.deadline, system.now());
      recordAttempt(attempts, system, isOurs ? undefined : error);
      return fallBackToCache(error);
    }
  }
}
