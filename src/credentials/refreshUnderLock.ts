import { recordAttempt } from "../cache/attempts.ts";
import { sessionStatePath } from "../cache/stateFile.ts";
import { readToken, tokenFileExists, tokenFingerprint } from "../cache/tokenCache.ts";
import { sessionTitle } from "../config/describeSession.ts";
import { SsoCredError } from "../errors.ts";
import { isFresh, isUsable } from "../hit/expiry.ts";
import { endedByDeadline } from "../http/withRetries.ts";
import type { SsoSession, SsoToken } from "../model.ts";
import type { System } from "../platform/system.ts";
import { type RefreshOptions, refreshToken } from "./refreshToken.ts";
import { SHORT_RETRY_MS } from "./retryBudget.ts";
import type { TokenLookup } from "./tokenLookup.ts";

/** How long another tool, which may have rotated the refresh token, is given to finish writing. */
const ROTATION_WAIT_MS = 2_000;
const ROTATION_POLL_MS = 100;

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
    const late = await waitForRotatedToken(session, current, lookup, options.deadline, system);
    if (!late) recordAttempt(attempts, system, needsPerson(session));
    return late;
  } catch (error) {
    const isOurs = endedByDeadline(error, options.deadline, system.now());
    recordAttempt(attempts, system, isOurs ? undefined : error);
    return lookup.usableAfter(error);
  }
}

/** A token that another tool, which takes no lock, writes in place of `seen`. */
async function waitForRotatedToken(
  session: SsoSession,
  seen: SsoToken | undefined,
  lookup: TokenLookup,
  deadline: number,
  system: System,
): Promise<SsoToken | undefined> {
  for (const giveUpAt = Math.min(system.now() + ROTATION_WAIT_MS, deadline); system.now() < giveUpAt; ) {
    const current = readToken(session, system);
    if (current?.accessToken !== seen?.accessToken && lookup.isValid(current, isUsable)) return current;
    if (!tokenFileExists(session, system)) return undefined;
    await system.sleep(ROTATION_POLL_MS);
  }
  return undefined;
}

function needsPerson(session: SsoSession): SsoCredError {
  return new SsoCredError("login-required", `the token of '${sessionTitle(session)}' cannot be refreshed`);
}
