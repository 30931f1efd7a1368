import { attemptSince, lastAttempt } from "../cache/attempts.ts";
import { sessionStatePath } from "../cache/stateFile.ts";
import { readToken, tokenFileExists, tokenFingerprint } from "../cache/tokenCache.ts";
import { isKind } from "../errors.ts";
import { type isFresh, isUsable } from "../hit/expiry.ts";
import type { SsoSession, SsoToken } from "../model.ts";
import type { System } from "../platform/system.ts";
import { lastRefusedFingerprint } from "../signIn/backoff.ts";
import { isSigningIn } from "../signIn/pendingLogin.ts";

export type TokenLookup = ReturnType<typeof tokenLookup>;

/**
 * Which tokens a run may take, and what other processes have found since it began.
 * `refusedFingerprint` is the `tokenFingerprint` of a token that the portal rejected.
 */
export function tokenLookup(session: SsoSession, refusedFingerprint: string | undefined, system: System) {
  const startedAt = system.now();
  const seen = readToken(session, system);
  const attempts = sessionStatePath("attempts", session, system);

  const isRefused = (token: SsoToken | undefined) =>
    refusedFingerprint !== undefined && token && tokenFingerprint(token.accessToken) === refusedFingerprint;

  function isValid(token: SsoToken | undefined, lives: typeof isFresh): boolean {
    return token !== undefined && !isRefused(token) && lives(token.expiresAt, system.now());
  }

  return {
    /** The cached token when the run began. */
    seen,
    isValid,
    isRefused,

    /**
     * True if a rejected token must not be refreshed: it came from a refresh after a rejection, or
     * a sign-in is open, which would take the refreshed token for its result.
     */
    needsSignIn(token: SsoToken | undefined): boolean {
      if (!isRefused(token)) return false;
      if (lastAttempt(attempts, system)?.tokenFingerprint === refusedFingerprint) return true;
      return isSigningIn(session, system);
    },

    /** Another process's token (undefined: a person has to sign in). Throws its failure. */
    resultOfOtherProcess(): { token: SsoToken | undefined } | undefined {
      const current = readToken(session, system);
      if (current?.accessToken !== seen?.accessToken && isValid(current, isUsable)) return { token: current };
      const attempt = attemptSince(attempts, startedAt, system);
      if (attempt && isValid(current, isUsable)) return { token: current };
      if (!attempt?.failure) return undefined;
      // Without the file, somebody has signed out in the meantime, so don't ask anybody.
      const needsSignIn = attempt.failure.kind === "login-required" && tokenFileExists(session, system);
      if (needsSignIn) return { token: undefined };
      throw attempt.failure;
    },

    /** The token that is still usable. Throws the error if there is none. */
    usableAfter(error: unknown): SsoToken {
      const current = readToken(session, system);
      if (!current || !isValid(current, isUsable) || !isKind(error, "unavailable", "config")) throw error;
      system.trace.step("the token could not be refreshed, using the current one", { error: String(error) });
      return current;
    },
  };
}

/** True if a call has found that the service accepts neither this token nor its refresh. */
export function isKnownRejected(session: SsoSession, { accessToken }: SsoToken, system: System): boolean {
  const last = attemptSince(sessionStatePath("attempts", session, system), 0, system);
  const refused = last?.failure?.kind === "login-required" ? last.tokenFingerprint : undefined;
  return [refused, lastRefusedFingerprint(session, system)].includes(tokenFingerprint(accessToken));
}
