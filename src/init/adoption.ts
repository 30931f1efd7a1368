import { type CurrentConfig, roleKey, ssoProfileRole } from "./currentConfig.ts";
import type { Role, Wishes } from "./wishes.ts";

/** Profiles of the AWS CLI's kind for this session that nothing but their sso keys gives credentials to. */
export function adoptable(current: CurrentConfig, { session, keepOnly }: Wishes): Map<string, Role> {
  const assigned = keepOnly && new Set(keepOnly.map(roleKey));
  const found = [...current.profiles].flatMap(([name, keys]): [string, Role][] => {
    const role = ssoProfileRole(keys, session);
    const isOurs = current.ours.get(name)?.session === session;
    const hasOther = OTHER_SOURCES.some((key) => keys.has(key) && !(key === "credential_process" && isOurs));
    // What the next run would prune is not taken in.
    const isLost = role !== undefined && assigned !== undefined && !assigned.has(roleKey(role));
    return role === undefined || hasOther || isLost ? [] : [[name, role]];
  });
  return new Map(found);
}

const OTHER_SOURCES = ["credential_process", "aws_access_key_id", "role_arn", "web_identity_token_file"];
/** What an adopted profile loses: SDKs disagree on who wins beside a credential_process. */
export const SSO_KEYS = ["sso_session", "sso_account_id", "sso_role_name", "sso_start_url", "sso_region"];
