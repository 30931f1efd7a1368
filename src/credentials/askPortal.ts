import { rmSync } from "node:fs";
import { usableRoleCredentials, writeRoleCredentials } from "../cache/roleCredentialsCache.ts";
import { readToken } from "../cache/tokenCache.ts";
import { configFingerprint } from "../config/configuredSessions.ts";
import { SsoCredError } from "../errors.ts";
import { roleCredentialsPath } from "../hit/paths.ts";
import { withRetries } from "../http/withRetries.ts";
import { type IdentityCenter, ServiceError } from "../identityCenter/identityCenter.ts";
import type { RoleCredentials, SessionRole, SsoToken } from "../model.ts";
import { bestEffort } from "../platform/attempt.ts";
import type { System } from "../platform/system.ts";
import { clearBackoff } from "../signIn/backoff.ts";
import { accessDenied } from "./accessDenied.ts";
import { obtainToken } from "./obtainToken.ts";
import { RETRY_MS, type RetryBudget, SHORT_RETRY_MS } from "./retryBudget.ts";

/** Credentials, or the rejected access token (undefined: there is none), which needs a person. */
export type Outcome = { credentials: RoleCredentials } | { refused: string | undefined };

/** Shared by all requests of one run. */
export interface RequestContext {
  /** Epoch milliseconds. */
  deadline: number;
  retries: RetryBudget;
  api: IdentityCenter;
}

/** With the cached token, else a refreshed one. Throws as `obtainToken`, and `access-denied`. */
export async function askPortal(
  role: SessionRole,
  context: RequestContext,
  system: System,
): Promise<Outcome> {
  const { deadline, api } = context;
  let refused: string | undefined;
  for (;;) {
    const canDoWithout = usableRoleCredentials(role, system) !== undefined;
    const retryUntil = context.retries.until(canDoWithout ? SHORT_RETRY_MS : RETRY_MS);
    const request = { deadline, retryUntil, canDoWithout, api, refused };
    const token = await obtainToken(role.session, request, system);
    if (!token) return { refused };
    try {
      return { credentials: await fetchRoleCredentials(role, token, context, system) };
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      if (!error.needsSignIn) throw await accessDenied(role, token, error, { api, deadline }, system);
      system.trace.step("the portal refused the token");
      // Retry once with a refreshed token, but not with a token that was new.
      if (refused !== undefined) return { refused: token.accessToken };
      refused = token.accessToken;
    }
  }
}

async function fetchRoleCredentials(
  role: SessionRole,
  token: SsoToken,
  { deadline, retries, api }: RequestContext,
  system: System,
): Promise<RoleCredentials> {
  const timeoutMs = usableRoleCredentials(role, system) ? SHORT_RETRY_MS : RETRY_MS;
  const retryUntil = Math.min(deadline, retries.until(timeoutMs));
  // A refresh may have used up the retries, but the first attempt is not a retry.
  const giveUpAt = Math.min(deadline, Math.max(retryUntil, system.now() + timeoutMs));
  const credentials = await withRetries(system, retryUntil - system.now(), () =>
    api.getRoleCredentials(token.accessToken, role.accountId, role.roleName, {
      deadline: giveUpAt,
      signal: system.interrupted,
    }),
  );
  if (credentials.expiration <= system.now()) {
    const message = "the portal sent credentials that have already expired; is the clock right?";
    throw new SsoCredError("unavailable", message);
  }
  clearBackoff(role.session, system);
  storeRoleCredentials(role, token, credentials, system);
  return credentials;
}

/**
 * Caches the credentials while the token file still holds the token in use: a logout or another
 * sign-in wins. On a full or read-only disk, only the cache is lost.
 */
function storeRoleCredentials(
  role: SessionRole,
  { accessToken }: SsoToken,
  credentials: RoleCredentials,
  system: System,
): void {
  const isCurrent = () => readToken(role.session, system)?.accessToken === accessToken;
  if (!isCurrent()) return;
  const options = { isWanted: isCurrent, config: configFingerprint(system) };
  bestEffort("the role credentials could not be written", system, () => {
    writeRoleCredentials(role, credentials, system, options);
    if (!isCurrent()) rmSync(roleCredentialsPath(role, system), { force: true });
  });
}
