import { attemptSince, lastAttempt, recordAttempt } from "../cache/attempts.ts";
import { type JsonObject, readJsonObject } from "../cache/jsonFile.ts";
import { withLock } from "../cache/lock.ts";
import {
  keepsRoleCredentials,
  readRoleCredentials,
  removeRoleCredentials,
  usableRoleCredentials,
} from "../cache/roleCredentialsCache.ts";
import { roleAttemptPath, roleLockPath } from "../cache/stateFile.ts";
import { readToken, tokenFingerprint, tokenPath, tokenWrittenAt } from "../cache/tokenCache.ts";
import { isKind } from "../errors.ts";
import { isFresh } from "../hit/expiry.ts";
import { roleCredentialsPath } from "../hit/paths.ts";
import { endedByDeadline, SHORT_RETRY_MS } from "../http/withRetries.ts";
import { identityCenter } from "../identityCenter/identityCenter.ts";
import type { RoleCredentials, SessionRole } from "../model.ts";
import { bestEffort } from "../platform/attempt.ts";
import type { System } from "../platform/system.ts";
import { recordRefusedToken } from "../signIn/backoff.ts";
import { loginForMainJob } from "../signIn/loginForMainJob.ts";
import { askPortal, type Outcome, type RequestContext } from "./askPortal.ts";

/** A logout may remove the first sign-in's token before it is used. */
const MAX_LOGINS = 2;
/** How long to wait for a sign-in if the cached credentials are still usable. */
const SHORT_LOGIN_MS = 3_000;
/** Some SDKs run the program again after a failure, which gets the same denial. */
const SAME_DENIAL_MS = 10_000;

/**
 * Gets role credentials from the first source that has them: the cache, the portal with the cached
 * token, with a refreshed token, after a sign-in. N callers for one role cost one portal call. No
 * lock is held during a sign-in.
 *
 * Throws `login-required`, `login-failed`, `access-denied`, `unavailable`, `config`.
 */
export async function obtainRoleCredentials(
  role: SessionRole,
  deadline: number,
  system: System,
): Promise<RoleCredentials> {
  const api = identityCenter(role.session, system);
  const context: RequestContext = { deadline, api };
  removeRolesOfOtherSettings(role, system);
  try {
    for (let logins = 0; ; logins++) {
      const outcome = await singleFlight(role, context, system);
      if ("credentials" in outcome) return outcome.credentials;
      // A logout revokes a token before it removes the file, which is not a rejection.
      const current = readToken(role.session, system)?.accessToken;
      const isRefused = outcome.refused !== undefined && current === outcome.refused;
      if ((logins > 0 && isRefused) || logins === MAX_LOGINS)
        throw recordRefusedToken(role.session, outcome.refused, system);
      // If this wait runs out, the sign-in stays open, and the next call joins it.
      const mostMs = usableRoleCredentials(role, system) ? SHORT_LOGIN_MS : Infinity;
      const wait = { deadline: Math.min(deadline, system.now() + mostMs), replaces: outcome.refused };
      const askedAt = system.now();
      await loginForMainJob(role.session, wait, system);
      // Waiting for a person is not a retry.
      if (context.retryUntil !== undefined) context.retryUntil += system.now() - askedAt;
    }
  } catch (error) {
    const isNoSignIn = isKind(error, "login-required", "login-failed", "unavailable", "config");
    const cached = isNoSignIn ? usableRoleCredentials(role, system) : undefined;
    if (!cached) throw error;
    recordAttempt(roleAttemptPath(role, system), system);
    const what = "nobody signed in, but the cached credentials are still usable";
    system.trace.step(what, { error: String(error) });
    return cached;
  }
}

/**
 * One attempt to get credentials, under the role's lock. While waiting for the lock, takes the
 * result of another process. If the service or the lock is unavailable, falls back to usable cached
 * credentials. Throws as `askPortal`.
 */
async function singleFlight(role: SessionRole, context: RequestContext, system: System): Promise<Outcome> {
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
  const early = coolDownResult();
  if (early) return early;
  const denied = attemptSince(attempts, startedAt - SAME_DENIAL_MS, system);
  // Ignore a denial from before a sign-in or logout: it was for another token.
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
    const isRefused = token && tokenFingerprint(token.accessToken) === refused;
    return isRefused ? { refused: token.accessToken } : undefined;
  }

  async function askUnderLock(): Promise<Outcome> {
    // Look again: the previous holder of the lock has written credentials or has just failed. One
    // attempt is enough for all waiters.
    const others = coolDownResult() ?? resultOfOtherProcess();
    if (others) return others;
    try {
      const outcome = await askPortal(role, context, system);
      if ("credentials" in outcome) {
        // With fresh credentials in the cache, nobody asks again.
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

/** After a change of start URL or region, cached credentials belong to the previous one. */
function removeRolesOfOtherSettings(role: SessionRole, system: System): void {
  const { session } = role;
  const recorded = readJsonObject(roleCredentialsPath(role, system))?.SsoCred as JsonObject | undefined;
  const isOther = ({ startUrl = session.startUrl, region = session.region }: JsonObject) =>
    startUrl !== session.startUrl || region !== session.region;
  if (![readJsonObject(tokenPath(session, system)), recorded].some((each) => each && isOther(each))) return;
  bestEffort("role credentials of other settings could not be removed", system, () =>
    removeRoleCredentials({ session, pairs: [role] }, system),
  );
}
