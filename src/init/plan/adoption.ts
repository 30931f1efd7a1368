import { SsoCredError } from "../../errors.ts";
import type { Role } from "../../model.ts";
import { printable } from "../../text/printable.ts";
import { isAccountId } from "./command.ts";
import { type CurrentConfig, roleKey, ssoProfileRole } from "./currentConfig.ts";
import type { InitOptions } from "./initOptions.ts";
import { profileHeader } from "./names.ts";

/**
 * Profiles of the AWS CLI's kind for this session that nothing but their sso keys gives credentials to.
 *
 * @throws SsoCredError("config") for one whose account is none.
 */
export function profilesToAdopt(
  current: CurrentConfig,
  { session, keepOnly }: InitOptions,
  path: string,
): Map<string, Role> {
  const assigned = keepOnly && new Set(keepOnly.map(roleKey));
  const found = [...current.profiles].flatMap(([name, keys]): [string, Role][] => {
    const role = ssoProfileRole(keys, session);
    const isOurs = current.ours.get(name)?.session === session;
    const hasOther = OTHER_SOURCES.some((key) => keys.has(key) && !(key === "credential_process" && isOurs));
    // What the next run would prune is not taken in.
    const isLost = role !== undefined && assigned !== undefined && !assigned.has(roleKey(role));
    if (role === undefined || hasOther || isLost) return [];
    if (isAccountId(role.accountId)) return [[name, role]];
    const account = printable(role.accountId, 60);
    throw new SsoCredError(
      "config",
      `${path}: ${profileHeader(name)} has sso_account_id = ${account}, which is not 12 digits`,
    );
  });
  return new Map(found);
}

const OTHER_SOURCES = ["credential_process", "aws_access_key_id", "role_arn", "web_identity_token_file"];
/** What an adopted profile loses: SDKs disagree on who wins beside a credential_process. */
export const SSO_KEYS = ["sso_session", "sso_account_id", "sso_role_name", "sso_start_url", "sso_region"];
