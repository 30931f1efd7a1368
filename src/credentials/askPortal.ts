import { rmSync } from "node:fs";
import { usableRoleCredentials, writeRoleCredentials } from "../cache/roleCredentialsCache.ts";
import { readToken } from "../cache/tokenCache.ts";
import { configFingerprint } from "../config/configuredSessions.ts";
import { missingScope } from "../config/describeSession.ts";
import { SsoCredError } from "../errors.ts";
import { roleCredentialsPath } from "../hit/paths.ts";
import { RETRY_MS, SHORT_RETRY_MS, withRetries } from "../http/withRetries.ts";
import { type IdentityCenter, ServiceError } from "../identityCenter/identityCenter.ts";
import { noRolesIfRejected } from "../identityCenter/serviceError.ts";
import type { RoleCredentials, SessionRole, SsoToken } from "../model.ts";
import { bestEffort } from "../platform/attempt.ts";
import type { System } from "../platform/system.ts";
import { clearBackoff } from "../signIn/backoff.ts";
import { printable } from "../text/printable.ts";
import { obtainToken } from "./obtainToken.ts";

/** Roles and accounts that an error names. */
const MOST_NAMED = 8;
/** The lists only improve the message: don't wait long for them. */
const LIST_MS = 3_000;
const SOMEBODY_ELSE = "signed in as somebody else?";

/** Credentials, or the rejected access token (undefined: there is none), which needs a person. */
export type Outcome = { credentials: RoleCredentials } | { refused: string | undefined };

/** Shared by all requests of one run. */
export interface RequestContext {
  /** Epoch milliseconds. */
  deadline: number;
  /** Set by the first request, so that the retries of several do not add up. */
  retryUntil?: number;
  api: IdentityCenter;
}

/** Uses the cached or a refreshed token. Throws like `obtainToken`, and `access-denied`. */
export async function askPortal(role: SessionRole, context: RequestContext, system: System) {
  const { deadline, api } = context;
  let refused: string | undefined;
  for (;;) {
    const canDoWithout = usableRoleCredentials(role, system) !== undefined;
    context.retryUntil ??= system.now() + (canDoWithout ? SHORT_RETRY_MS : RETRY_MS);
    const request = { deadline, retryUntil: context.retryUntil, canDoWithout, api, refused };
    const token = await obtainToken(role.session, request, system);
    if (!token) return { refused };
    try {
      return { credentials: await fetchRoleCredentials(role, token, context, system) };
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      if (!error.needsSignIn) throw await accessDenied(role, token, error, context, system);
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
  { deadline, retryUntil = Infinity, api }: RequestContext,
  system: System,
): Promise<RoleCredentials> {
  const timeoutMs = usableRoleCredentials(role, system) ? SHORT_RETRY_MS : RETRY_MS;
  const until = Math.min(deadline, retryUntil);
  // A refresh may have used up the retries, but the first attempt is not a retry.
  const giveUpAt = Math.min(deadline, Math.max(until, system.now() + timeoutMs));
  const credentials = await withRetries(system, until - system.now(), () =>
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

/**
 * The error for a rejected account or role, with the lists of what is assigned. The remedy is to
 * sign out: the browser may have signed in another person than the one who has the role.
 */
async function accessDenied(
  role: SessionRole,
  token: SsoToken,
  rejection: ServiceError,
  context: RequestContext,
  system: System,
): Promise<SsoCredError> {
  const explanation = await explain(role, token, context, system);
  const { accountId, roleName, session } = role;
  const words = `(${printable(rejection.message, 120)})`;
  const scope = missingScope(session);
  const reasons = scope === undefined ? explanation : `${scope}; ${explanation}`;
  const message = `no access to the role '${printable(roleName, 64)}' in account ${accountId} ${words}; ${reasons}`;
  const remedy = { run: `sso-cred logout ${session.loginArguments}` };
  return new SsoCredError("access-denied", message, { remedy, cause: rejection });
}

async function explain(
  { session, accountId, roleName }: SessionRole,
  token: SsoToken,
  { api, deadline }: RequestContext,
  system: System,
): Promise<string> {
  const options = { deadline: Math.min(deadline, system.now() + LIST_MS), signal: system.interrupted };
  try {
    const listing = api.listAccountRoles(token.accessToken, accountId, undefined, options);
    const { roles } = await listing.catch(noRolesIfRejected);
    if (roles.includes(roleName))
      return `the portal lists it as assigned to you, but refuses it; ${SOMEBODY_ELSE}`;
    const list = `sso-cred list ${session.loginArguments} shows all`;
    if (roles.length > 0) return `assigned to you there: ${named(roles)} (${list}); ${SOMEBODY_ELSE}`;
    const { accounts } = await api.listAccounts(token.accessToken, undefined, options);
    if (accounts.length === 0) {
      const browser = `the browser's own session at ${printable(session.startUrl)} has to be signed out as well`;
      return `nothing is assigned to you: ${SOMEBODY_ELSE} ${browser}`;
    }
    if (accounts.some((account) => account.accountId === accountId))
      return `no role is assigned to you there; ${SOMEBODY_ELSE}`;
    const titles = accounts.map((each) =>
      each.accountName === "" ? each.accountId : `${each.accountName} (${each.accountId})`,
    );
    return `the account is not among yours: ${named(titles)} (${list}); ${SOMEBODY_ELSE}`;
  } catch (error) {
    system.trace.step("the assigned roles could not be listed", { error: String(error) });
    return SOMEBODY_ELSE;
  }
}

function named(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMED).map((name) => printable(name, 64));
  return names.length > MOST_NAMED ? `${shown.join(", ")} and more` : shown.join(", ");
}
