import { statSync } from "node:fs";
import { attemptSince, lastAttempt, recordAttempt } from "../cache/attempts.ts";
import { withLock } from "../cache/lock.ts";
import { sessionLockPath, sessionStatePath } from "../cache/statePaths.ts";
import { readToken, tokenFileExists, tokenFingerprint, tokenPath } from "../cache/tokenCache.ts";
import { sessionTitle } from "../config/describeSession.ts";
import { isKind, SsoCredError } from "../errors.ts";
import { isFresh, isUsable } from "../hit/expiry.ts";
import { endedByDeadline } from "../http/withRetries.ts";
import type { SsoSession, SsoToken } from "../model.ts";
import type { System } from "../platform/system.ts";
import { isUnderWay, readPendingLogin } from "../signIn/pendingLogin.ts";
import { type RefreshOptions, refreshToken } from "./refreshToken.ts";
import { SHORT_RETRY_MS } from "./retryBudget.ts";

/** How long to wait for another tool that may just have rotated the refresh token. */
const ROTATION_WAIT_MS = 2_000;
const ROTATION_POLL_MS = 100;

export interface TokenRequest extends RefreshOptions {
  /** An access token that the portal rejected although it has not expired. */
  refused?: string;
  /** The caller has something usable, so it waits at most 3 s for another process. */
  canDoWithout?: boolean;
}

/**
 * Returns a usable token, cached or refreshed; undefined if a person has to sign in. Processes that need the same
 * refresh wait for the one that does it.
 *
 * Throws `unavailable` (service out of reach, nothing usable left), `config` (the new token could not be written, so
 * nothing was spent), `login-required` (signed out in the meantime).
 */
export async function obtainToken(
  session: SsoSession,
  request: TokenRequest,
  system: System,
): Promise<SsoToken | undefined> {
  const startedAt = system.now();
  const token = readToken(session, system);
  if (isValid(token, isFresh)) return token;
  if (!token && !tokenFileExists(session, system)) return undefined;
  // No tool refreshes a legacy profile's token.
  if (session.name === null) return isValid(token, isUsable) ? token : undefined;
  const attempts = sessionStatePath("attempts", session, system);
  const last = lastAttempt(attempts, system);
  if (last && isValid(token, isUsable)) return token;
  if (last?.failure?.kind === "login-required" && tokenWrittenAt(session, system) <= last.at)
    return undefined;
  if (needsSignIn(token)) return undefined;
  // With a usable token, keep half of a short run for using it.
  const spareMs = isValid(token, isUsable) ? Math.min(SHORT_RETRY_MS, (request.deadline - startedAt) / 2) : 0;
  const deadline = request.deadline - spareMs;
  const isShort = request.canDoWithout === true || isValid(token, isUsable);
  const wait = {
    deadline: isShort ? Math.min(deadline, startedAt + SHORT_RETRY_MS) : deadline,
    purpose: `another sso-cred that refreshes the token of '${sessionTitle(session)}'`,
    pollWhileWaiting: () => resultOfOtherProcess(),
  };
  const lock = sessionLockPath("token", session, system);
  try {
    return (await withLock(system, lock, wait, async () => ({ token: await refreshUnderLock() }))).token;
  } catch (error) {
    const current = usableToken(error);
    // Record the timeout, so that the next calls don't wait for the lock again.
    recordAttempt(attempts, system);
    return current;
  }

  function usableToken(error: unknown): SsoToken {
    const current = readToken(session, system);
    if (!current || !isValid(current, isUsable) || !isKind(error, "unavailable", "config")) throw error;
    system.trace.step("the token could not be refreshed, using the current one", { error: String(error) });
    return current;
  }

  function isValid(candidate: SsoToken | undefined, lives: typeof isFresh): boolean {
    return (
      candidate !== undefined &&
      candidate.accessToken !== request.refused &&
      lives(candidate.expiresAt, system.now())
    );
  }

  /**
   * True if a rejected token must not be refreshed: it came from a refresh after a rejection, or a sign-in is open,
   * which would take the refreshed token for its result.
   */
  function needsSignIn(current: SsoToken | undefined): boolean {
    if (current === undefined || current.accessToken !== request.refused) return false;
    if (lastAttempt(attempts, system)?.tokenFingerprint === tokenFingerprint(current.accessToken))
      return true;
    const login = readPendingLogin(session, system);
    return login !== undefined && isUnderWay(login, system);
  }

  function resultOfOtherProcess(): { token: SsoToken | undefined } | undefined {
    const current = readToken(session, system);
    if (current?.accessToken !== token?.accessToken && isValid(current, isUsable)) return { token: current };
    const failure = attemptSince(attempts, startedAt, system)?.failure;
    if (!failure) return undefined;
    if (isValid(current, isUsable)) return { token: current };
    if (failure.kind === "login-required") return { token: undefined };
    throw failure;
  }

  async function refreshUnderLock(): Promise<SsoToken | undefined> {
    const current = readToken(session, system);
    // Look again: the previous holder of the lock has written a token or has just failed. One attempt is enough for all
    // waiters.
    const shared = resultOfOtherProcess();
    if (shared) return shared.token;
    if (needsSignIn(current)) return undefined;
    const shortly = system.now() + SHORT_RETRY_MS;
    const retryUntil = isValid(current, isUsable)
      ? Math.min(shortly, request.retryUntil)
      : request.retryUntil;
    try {
      const refreshed =
        current &&
        (await refreshToken(
          session,
          current,
          { ...request, deadline, retryUntil, isOptional: isShort },
          system,
        ));
      if (refreshed) {
        const wasRefused = current.accessToken === request.refused;
        recordAttempt(
          attempts,
          system,
          undefined,
          wasRefused ? tokenFingerprint(refreshed.accessToken) : undefined,
        );
        return refreshed;
      }
      if (isValid(current, isUsable)) {
        recordAttempt(attempts, system);
        return current;
      }
      const isUsableToken = (rotated: SsoToken | undefined) => isValid(rotated, isUsable);
      const rotated = await waitForRotatedToken(session, current, isUsableToken, request.deadline, system);
      if (!rotated) recordAttempt(attempts, system, needsPerson(session));
      return rotated;
    } catch (error) {
      const isOurs = endedByDeadline(error, request.deadline, system.now());
      recordAttempt(attempts, system, isOurs ? undefined : error);
      return usableToken(error);
    }
  }
}

function tokenWrittenAt(session: SsoSession, system: System): number {
  return statSync(tokenPath(session, system), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function needsPerson(session: SsoSession): SsoCredError {
  return new SsoCredError("login-required", `the token of '${sessionTitle(session)}' cannot be refreshed`);
}

/** Waits for another tool, which takes no lock, to replace the token `seen`. Undefined if no new token comes. */
async function waitForRotatedToken(
  session: SsoSession,
  seen: SsoToken | undefined,
  isUsableToken: (token: SsoToken | undefined) => boolean,
  deadline: number,
  system: System,
): Promise<SsoToken | undefined> {
  for (const giveUpAt = Math.min(system.now() + ROTATION_WAIT_MS, deadline); system.now() < giveUpAt; ) {
    const current = readToken(session, system);
    if (current?.accessToken !== seen?.accessToken && isUsableToken(current)) return current;
    if (!tokenFileExists(session, system)) return undefined;
    await system.sleep(ROTATION_POLL_MS);
  }
  return undefined;
}
