import { readJsonObject } from "../cache/jsonFile.ts";
import { cannotWrite } from "../cache/ownedFile.ts";
import { forgetRegistration } from "../cache/registrationCache.ts";
import { prepareReplacement, type Replacement } from "../cache/replaceFile.ts";
import {
  readToken,
  recordTokenOrigin,
  tokenFileExists,
  tokenFileText,
  tokenFingerprint,
  tokenPath,
} from "../cache/tokenCache.ts";
import { loginRemedy, loginRequired, sessionTitle } from "../config/describeSession.ts";
import { SsoCredError } from "../errors.ts";
import { isUsable } from "../hit/expiry.ts";
import { withRetries } from "../http/withRetries.ts";
import { discardToken, type IdentityCenter, ServiceError } from "../identityCenter/identityCenter.ts";
import type { SessionIdentity, SsoSession, SsoToken } from "../model.ts";
import type { System } from "../platform/system.ts";
import { claim, readPendingLogin } from "../signIn/pendingLogin.ts";
import { printable } from "../text/printable.ts";

type CachedToken = NonNullable<ReturnType<typeof readToken>>;

/** How long to wait for the response to a sent refresh if something usable is left anyway. */
const SHORT_RESPONSE_MS = 10_000;
/** If the retries are used up, the first attempt still gets this long to connect. */
const LEAST_CONNECT_MS = 3_000;

export interface RefreshOptions {
  /** Epoch milliseconds. */
  deadline: number;
  /** Epoch milliseconds; no retry starts later. */
  retryUntil: number;
  /** The caller has something usable, so it doesn't wait until the end of the run. */
  isOptional?: boolean;
  api: Pick<IdentityCenter, "refresh" | "logout">;
}

/** True if the token file has all that a refresh needs. No tool refreshes a legacy token. */
export function canRefresh<T extends SsoToken>(
  { name }: SessionIdentity,
  token: T,
  now: number,
): token is T & Required<Pick<SsoToken, "clientId" | "clientSecret" | "refreshToken">> {
  const { clientId, clientSecret, refreshToken, registrationExpiresAt = Number.POSITIVE_INFINITY } = token;
  return name !== null && Boolean(clientId && clientSecret && refreshToken) && registrationExpiresAt > now;
}

/**
 * Refreshes the token and writes it. Undefined if a refresh is impossible or finally rejected.
 *
 * Throws `unavailable` (service out of reach), `config` (the new token could not be written, so
 * nothing was spent), `login-required` (signed out in the meantime).
 */
export async function refreshToken(
  session: SsoSession,
  token: CachedToken,
  options: RefreshOptions,
  system: System,
): Promise<SsoToken | undefined> {
  if (!canRefresh(session, token, system.now())) return undefined;
  // A full or read-only disk has to be noticed before the refresh token is spent.
  const replacement = prepareTokenFile(session, token, system);
  try {
    const { api } = options;
    const retryUntil = Math.min(options.retryUntil, options.deadline);
    const redeem = async () => {
      // Once sent, a request may have spent the refresh token, and its response may hold the only
      // successor. So the retry budget does not end it.
      const mostMs = options.isOptional ? SHORT_RESPONSE_MS : Number.POSITIVE_INFINITY;
      const grant = await api.refresh(token, token.refreshToken, {
        deadline: Math.min(options.deadline, system.now() + mostMs),
        connectDeadline: Math.max(retryUntil, system.now() + LEAST_CONNECT_MS),
      });
      const refreshed: SsoToken = {
        ...token,
        accessToken: grant.accessToken,
        expiresAt: system.now() + grant.expiresIn * 1000,
        refreshToken: grant.refreshToken ?? token.refreshToken,
      };
      const stored = storeRefreshedToken(session, { token, refreshed, replacement }, system);
      if (stored !== undefined) return stored;
      const isRevoked = await discardToken(api, refreshed.accessToken, options.deadline, system);
      const rest = isRevoked ? "" : "; the new token could not be revoked, so it lives until it expires";
      const message = `'${sessionTitle(session)}' was signed out while its token was refreshed${rest}`;
      throw loginRequired(session, message);
    };
    // A signal between request and rename would lose the successor, too.
    return await withRetries(system, retryUntil - system.now(), () => system.uninterrupted(redeem));
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    system.trace.step("the refresh was refused", { error: error.code });
    if (error.code === "invalid_client") forgetRegistration(session, system, token.clientId);
    if (error.needsSignIn) return undefined;
    // Any other rejection says nothing about the token, so keep it.
    const message = `the token of '${sessionTitle(session)}' cannot be refreshed (${printable(error.message, 200)})`;
    throw new SsoCredError("unavailable", message, { remedy: loginRemedy(session), cause: error });
  } finally {
    replacement.abandon();
  }
}

function prepareTokenFile(session: SsoSession, token: CachedToken, system: System): Replacement {
  const path = tokenPath(session, system);
  const reserveBytes = 2 * tokenFileText(session, token, token.file).length + 4096;
  try {
    return prepareReplacement(path, { reserveBytes });
  } catch (error) {
    throw cannotWrite(path, error, "the token is not refreshed");
  }
}

/** A logout, after which this is undefined, or another tool's newer token wins. */
function storeRefreshedToken(
  session: SsoSession,
  { token, refreshed, replacement }: { token: CachedToken; refreshed: SsoToken; replacement: Replacement },
  system: System,
): SsoToken | undefined {
  const isStillThere = () => holdsToken(session, token, system);
  if (isStillThere()) {
    // Callers waiting for a sign-in must not take a refreshed token for its result.
    const login = readPendingLogin(session, system);
    if (login) claim(login, `refreshed-${tokenFingerprint(refreshed.accessToken)}`, system);
    try {
      if (replacement.commit(tokenFileText(session, refreshed, token.file), isStillThere)) {
        recordTokenOrigin(session, refreshed.accessToken, system);
        return refreshed;
      }
    } catch (error) {
      system.trace.step("the refreshed token could not be written", { error: String(error) });
      return refreshed;
    }
  }
  if (!tokenFileExists(session, system)) return undefined;
  const current = readToken(session, system);
  return current && isUsable(current.expiresAt, system.now()) ? current : refreshed;
}

/** Compares the secrets: the start URL may differ by now. An unreadable file may be replaced. */
function holdsToken(session: SsoSession, { file }: CachedToken, system: System): boolean {
  if (!tokenFileExists(session, system)) return false;
  const current = readJsonObject(tokenPath(session, system));
  return !current || (current.accessToken === file.accessToken && current.refreshToken === file.refreshToken);
}
