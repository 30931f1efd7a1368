import { statSync } from "node:fs";
import { attemptSince, recentAttempt, recordAttempt } from "../cache/attempts.ts";
import { withLock } from "../cache/lock.ts";
import { sessionLockPath, sessionStatePath } from "../cache/statePaths.ts";
import { readToken, tokenFileExists, tokenPath } from "../cache/tokenCache.ts";
import { isKind, SsoCredError } from "../errors.ts";
import { isFresh, isUsable } from "../expiry.ts";
import { sessionTitle } from "../login/sessionTitle.ts";
import type { System } from "../system/system.ts";
import { type CachedToken, type RefreshWish, refreshToken } from "./refreshToken.ts";
import type { SsoSession, SsoToken } from "./types.ts";

/** How long another tool, which may have rotated the refresh token, is given to finish writing. */
const LOOK_AGAIN_MS = 2_000;
const LOOK_EVERY_MS = 100;
/** How long retries may take while the old token still works. */
const SHORT_RETRY_MS = 3_000;

export interface TokenWish extends RefreshWish {
  /** An access token that the portal refused although it should live. */
  refused?: string;
}

/**
 * A token that works, found or refreshed; undefined when a person has to sign in. Every process that needs the same
 * refresh waits for the one that does it.
 *
 * Throws `unavailable` (service out of reach, nothing usable left), `config` (the new token could not be written, so nothing
 * was spent), `login-required` (signed out meanwhile).
 */
export async function obtainToken(
  session: SsoSession,
  wish: TokenWish,
  system: System,
): Promise<SsoToken | undefined> {
  const startedAt = system.now();
  const token = readToken(session, system);
  if (isFine(token, isFresh)) return token;
  if (!token && !tokenFileExists(session, system)) return undefined;
  // No tool refreshes a legacy profile's token.
  if (session.name === null) return isFine(token, isUsable) ? token : undefined;
  const attempts = sessionStatePath("attempts", session, system);
  const last = recentAttempt(attempts, system);
  if (last && isFine(token, isUsable)) return token;
  if (last?.failure?.kind === "login-required" && tokenWrittenAt(session, system) <= last.at)
    return undefined;
  const wait = {
    deadline: wish.deadline,
    purpose: `another sso-cred that refreshes the token of '${sessionTitle(session)}'`,
    meanwhile: () => answerOfOthers(),
  };
  const found = await withLock<{ token: SsoToken | undefined }>(
    system,
    sessionLockPath("token", session, system),
    wait,
    async () => ({ token: await refreshUnderLock() }),
  );
  return found.token;

  function isFine(candidate: SsoToken | undefined, lives: typeof isFresh): boolean {
    return (
      candidate !== undefined &&
      candidate.accessToken !== wish.refused &&
      lives(candidate.expiresAt, system.now())
    );
  }

  function answerOfOthers(): { token: SsoToken | undefined } | undefined {
    const there = readToken(session, system);
    if (there?.accessToken !== token?.accessToken && isFine(there, isUsable)) return { token: there };
    const failure = attemptSince(attempts, startedAt, system)?.failure;
    if (!failure) return undefined;
    if (isFine(there, isUsable)) return { token: there };
    if (failure.kind === "login-required") return { token: undefined };
    throw failure;
  }

  async function refreshUnderLock(): Promise<SsoToken | undefined> {
    const there = readToken(session, system);
    // Look again: whoever held the lock before has written, or failed just now. One attempt is enough for all who waited.
    const answer = answerOfOthers();
    if (answer) return answer.token;
    const retryMs = isFine(there, isUsable) ? Math.min(SHORT_RETRY_MS, wish.retryMs) : wish.retryMs;
    try {
      const refreshed = there && (await refreshToken(session, there, { ...wish, retryMs }, system));
      if (refreshed) {
        recordAttempt(attempts, system);
        return refreshed;
      }
      if (isFine(there, isUsable)) {
        recordAttempt(attempts, system);
        return there;
      }
      const late = await lookAgain(session, there, isFine, wish.deadline, system);
      if (!late) recordAttempt(attempts, system, needsPerson(session));
      return late;
    } catch (error) {
      recordAttempt(attempts, system, error);
      if (isFine(there, isUsable) && isKind(error, "unavailable", "config")) {
        system.trace.step("the token could not be refreshed, using the one there is", {
          error: String(error),
        });
        return there;
      }
      throw error;
    }
  }
}

/** Another tool that has no lock may have rotated the refresh token and be about to write. */
async function lookAgain(
  session: SsoSession,
  seen: CachedToken | undefined,
  isFine: (token: SsoToken | undefined, lives: typeof isFresh) => boolean,
  deadline: number,
  system: System,
): Promise<SsoToken | undefined> {
  for (const giveUpAt = Math.min(system.now() + LOOK_AGAIN_MS, deadline); system.now() < giveUpAt; ) {
    const there = readToken(session, system);
    if (there?.accessToken !== seen?.accessToken && isFine(there, isUsable)) return there;
    if (!tokenFileExists(session, system)) return undefined;
    await system.sleep(LOOK_EVERY_MS);
  }
  return undefined;
}

function tokenWrittenAt(session: SsoSession, system: System): number {
  return statSync(tokenPath(session, system), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function needsPerson(session: SsoSession): SsoCredError {
  return new SsoCredError("login-required", `the token of '${sessionTitle(session)}' cannot be refreshed`);
}
