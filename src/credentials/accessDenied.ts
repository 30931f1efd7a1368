import { missingScope } from "../config/settingsToCheck.ts";
import { SsoCredError } from "../errors.ts";
import type { IdentityCenter, ServiceError } from "../identityCenter/identityCenter.ts";
import type { SessionRole, SsoToken } from "../model.ts";
import type { System } from "../platform/system.ts";
import { printable } from "../text/printable.ts";

const MOST_NAMED = 8;
/** The list is optional: don't wait long for it. */
const LIST_MS = 3_000;

/** The service's own no to an account or role, with the roles that are assigned there if it tells. */
export async function accessDenied(
  { session, accountId, roleName }: SessionRole,
  token: SsoToken,
  refusal: ServiceError,
  { api, deadline }: { api: () => Promise<Pick<IdentityCenter, "listAccountRoles">>; deadline: number },
  system: Pick<System, "now" | "interrupted" | "trace">,
): Promise<SsoCredError> {
  const options = { deadline: Math.min(deadline, system.now() + LIST_MS), signal: system.interrupted };
  const { roles } = await api()
    .then((client) => client.listAccountRoles(token.accessToken, accountId, undefined, options))
    .catch((error: unknown) => {
      system.trace.step("the assigned roles could not be listed", { error: String(error) });
      return { roles: [] };
    });
  const names = roles.slice(0, MOST_NAMED).map((role) => printable(role, 64));
  if (roles.length > MOST_NAMED) names.push("…");
  const assigned = names.length > 0 ? `; assigned to you there: ${names.join(", ")}` : "";
  const missing = missingScope(session);
  const scope = missing === undefined ? "" : `${missing}; `;
  const message = `no access to the role '${printable(roleName, 64)}' in account ${accountId} (${printable(refusal.message, 120)})${assigned}; ${scope}signed in as somebody else?`;
  return new SsoCredError("access-denied", message, {
    remedy: { run: `sso-cred logout ${session.loginArguments}` },
    cause: refusal,
  });
}
