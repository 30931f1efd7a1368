import { statSync } from "node:fs";
import { type IdentityCenter, ServiceError } from "../aws/identityCenter.ts";
import { withRetries } from "../aws/retry.ts";
import { attemptSince, recentAttempt, recordAttempt } from "../cache/attempts.ts";
import { withLock } from "../cache/lock.ts";
import { prepareReplacement, type Replacement } from "../cache/replaceFile.ts";
import { sessionLockPath, sessionStatePath } from "../cache/statePaths.ts";
import { readToken, tokenFileExists, tokenFileText, tokenPath } from "../cache/tokenCache.ts";
import { isKind, SsoCredError } from "../errors.ts";
import { isFresh, isUsable } from "../expiry.ts";
import { sessionTitle } from "../login/sessionTitle.ts";
import type { System } from "../system/system.ts";
import type { SsoSession, SsoToken } from "./types.ts";

/** How long another tool, which may have rotated the refresh token, is given to finish writing. */
const LOOK_AGAIN_MS = 2_000;
const LOOK_EVERY_MS = 100;
/** How long retries may take while the old token still works. */
const SHORT_RETRY_MS = 3_000;

type CachedToken = NonNullable<ReturnType<typeof readToken>>;

export interface TokenWish {
  /** Epoch milliseconds. */
  deadline: number;
  /** How long retries of a refresh may take. */
  retryMs: number;
  /** An access token that the portal refused although it should live. */
  refused?: string;
  /** Opened on first use: most calls need no service for the token. */
  api: () => Promise<Pick<IdentityCenter, "refresh">>;
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
    if (isFine(there, isFresh)) return there;
    // Whoever held the lock before may have just failed: one attempt is enough for all who waited.
    const answer = answerOfOthers();
    if (answer) return answer.token;
    const retryMs = isFine(there, isUsable) ? Math.min(SHORT_RETRY_MS, wish.retryMs) : wish.retryMs;
    try {
      const refreshed = there && (await refresh(session, there, { ...wish, retryMs }, system));
      if (refreshed) {
        recordAttempt(attempts, system);
        return refreshed;
      }
      if (isFine(there, isUsable)) return there;
      const late = await lookAgain(session, there, isFine, system);
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

/** The refreshed token, written; undefined when a refresh is impossible or refused for good. */
async function refresh(
  session: SsoSession,
  token: CachedToken,
  wish: TokenWish,
  system: System,
): Promise<SsoToken | undefined> {
  const { clientId, clientSecret, refreshToken, registrationExpiresAt } = token;
  if (!clientId || !clientSecret || !refreshToken) return undefined;
  if (registrationExpiresAt !== undefined && registrationExpiresAt <= system.now()) return undefined;
  // Before the refresh token is spent: a full or read-only disk must show now.
  const replacement = prepareTokenFile(session, token, system);
  try {
    const client = { clientId, clientSecret, expiresAt: registrationExpiresAt ?? Number.POSITIVE_INFINITY };
    const api = await wish.api();
    const budgetMs = Math.max(0, Math.min(wish.retryMs, wish.deadline - system.now()));
    const grant = await withRetries(system, budgetMs, (deadline) =>
      api.refresh(client, refreshToken, { deadline }),
    );
    const refreshed: SsoToken = {
      ...token,
      accessToken: grant.accessToken,
      expiresAt: system.now() + grant.expiresIn * 1000,
      refreshToken: grant.refreshToken ?? refreshToken,
    };
    return keepRefreshed(session, { token, refreshed, replacement }, system);
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    system.trace.step("the refresh was refused", { error: error.code });
    return undefined;
  } finally {
    replacement.abandon();
  }
}

function prepareTokenFile(session: SsoSession, token: CachedToken, system: System): Replacement {
  const path = tokenPath(session, system);
  try {
    return prepareReplacement(path, 2 * tokenFileText(session, token, token.file).length + 4096);
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    throw new SsoCredError("config", `cannot write ${path} (${code}), so the token is not refreshed`, {
      cause: error,
    });
  }
}

/** Logout wins, and so does another tool's newer token: written only where the file still holds what was used. */
function keepRefreshed(
  session: SsoSession,
  { token, refreshed, replacement }: { token: CachedToken; refreshed: SsoToken; replacement: Replacement },
  system: System,
): SsoToken {
  const there = readToken(session, system);
  if (!there && !tokenFileExists(session, system)) throw signedOut(session);
  if (there && (there.accessToken !== token.accessToken || there.refreshToken !== token.refreshToken)) {
    return isUsable(there.expiresAt, system.now()) ? there : refreshed;
  }
  try {
    replacement.commit(tokenFileText(session, refreshed, token.file));
  } catch (error) {
    system.trace.step("the refreshed token could not be written", { error: String(error) });
  }
  return refreshed;
}

/** Another tool that has no lock may have rotated the refresh token and be about to write. */
async function lookAgain(
  session: SsoSession,
  seen: CachedToken | undefined,
  isFine: (token: SsoToken | undefined, lives: typeof isFresh) => boolean,
  system: System,
): Promise<SsoToken | undefined> {
  for (const giveUpAt = system.now() + LOOK_AGAIN_MS; system.now() < giveUpAt; ) {
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

function signedOut(session: SsoSession): SsoCredError {
  return new SsoCredError(
    "login-required",
    `'${sessionTitle(session)}' was signed out while its token was refreshed`,
    {
      remedy: { run: `sso-cred login ${session.loginArguments}` },
    },
  );
}
