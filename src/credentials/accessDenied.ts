import { missingScope } from "../config/describeSession.ts";
import { SsoCredError } from "../errors.ts";
import { type IdentityCenter, ServiceError } from "../identityCenter/identityCenter.ts";
import type { Account, SessionRole, SsoToken } from "../model.ts";
import type { System } from "../platform/system.ts";
import { printable } from "../text/printable.ts";

const MOST_NAMED = 8;
/** The lists only improve the message: don't wait long for them. */
const LIST_MS = 3_000;
const SOMEBODY_ELSE = "signed in as somebody else?";

interface Context {
  readonly api: Pick<IdentityCenter, "listAccountRoles" | "listAccounts">;
  /** Epoch milliseconds. */
  readonly deadline: number;
}

/**
 * The error for a rejected account or role, with the lists of what is assigned. The remedy is to
 * sign out: the browser may have signed in another person than the one who has the role.
 */
export async function accessDenied(
  role: SessionRole,
  token: SsoToken,
  rejection: ServiceError,
  context: Context,
  system: Pick<System, "now" | "interrupted" | "trace">,
): Promise<SsoCredError> {
  const explanation = await explain(role, token, context, system);
  const { accountId, roleName, session } = role;
  const words = `(${printable(rejection.message, 120)})`;
  const scope = missingScope(session);
  const message = `no access to the role '${printable(roleName, 64)}' in account ${accountId} ${words}; ${scope === undefined ? "" : `${scope}; `}${explanation}`;
  const remedy = { run: `sso-cred logout ${session.loginArguments}` };
  return new SsoCredError("access-denied", message, { remedy, cause: rejection });
}

async function explain(
  { session, accountId, roleName }: SessionRole,
  token: SsoToken,
  { api, deadline }: Context,
  system: Pick<System, "now" | "interrupted" | "trace">,
): Promise<string> {
  const options = { deadline: Math.min(deadline, system.now() + LIST_MS), signal: system.interrupted };
  try {
    const roles = await api
      .listAccountRoles(token.accessToken, accountId, undefined, options)
      .then((page) => page.roles, noneIfRejected);
    if (roles.includes(roleName))
      return `the portal lists it as assigned to you, and still refuses it; ${SOMEBODY_ELSE}`;
    if (roles.length > 0) return `assigned to you there: ${named(roles)}; ${SOMEBODY_ELSE}`;
    const { accounts } = await api.listAccounts(token.accessToken, undefined, options);
    if (accounts.length === 0) {
      const browser = `the browser's own session at ${printable(session.startUrl)} has to be signed out, too`;
      return `nothing is assigned to you: ${SOMEBODY_ELSE} ${browser}`;
    }
    if (accounts.some((account) => account.accountId === accountId))
      return `no role is assigned to you there; ${SOMEBODY_ELSE}`;
    return `the account is not among yours: ${named(accounts.map(titleOf))}; ${SOMEBODY_ELSE}`;
  } catch (error) {
    system.trace.step("the assigned roles could not be listed", { error: String(error) });
    return SOMEBODY_ELSE;
  }
}

/** The portal rejects the list of an account that is not assigned to this person. */
function noneIfRejected(error: unknown): string[] {
  if (error instanceof ServiceError && !error.needsSignIn) return [];
  throw error;
}

function titleOf({ accountId, accountName }: Account): string {
  return accountName === "" ? accountId : `${accountName} (${accountId})`;
}

function named(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMED).map((name) => printable(name, 64));
  return names.length > MOST_NAMED ? `${shown.join(", ")} and more` : shown.join(", ");
}
