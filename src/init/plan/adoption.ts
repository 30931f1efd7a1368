import { assertCliReadsAlike } from "../../config/cliDialect.ts";
import { plainStartUrl } from "../../config/urls.ts";
import { isKind, SsoCredError } from "../../errors.ts";
import { isAccountId, type Role } from "../../model.ts";
import { printable } from "../../text/printable.ts";
import { words } from "../../text/words.ts";
import {
  type CurrentConfig,
  type Files,
  roleKey,
  roleOf,
  roleOfKeys,
  ssoProfileRole,
} from "./currentConfig.ts";
import type { InitOptions, SessionKeys } from "./initOptions.ts";
import { profileHeader } from "./names.ts";
import { readOtherTool } from "./otherTools.ts";

/** Keys to set aside when adopting: beside a credential_process, SDKs disagree on which wins. */
export const SSO_KEYS = words(`
  sso_session sso_account_id sso_role_name sso_start_url sso_region credential_process`);
const OTHER_SOURCES = ["aws_access_key_id", "role_arn", "web_identity_token_file"];

/**
 * The profiles that get credentials of this session from the AWS CLI's sso keys (legacy ones
 * included) or from another tool's `credential_process` line, and from nothing else.
 * @throws SsoCredError("config") for an account id that is not 12 digits, and for a profile that
 * the AWS CLI reads differently.
 */
export function profilesToAdopt(
  files: Files,
  { session, sessionKeys, keepOnly }: SessionKeys & Pick<InitOptions, "keepOnly">,
): Map<string, Role> {
  const assigned = keepOnly && new Set(keepOnly.map(roleKey));
  const { configPath, configText } = files;
  const found = [...files.profiles].flatMap(([name, keys]): [string, Role][] => {
    if (OTHER_SOURCES.some((key) => keys.has(key))) return [];
    const role = adoptableRole(files, name, { session, sessionKeys });
    // Don't adopt what the next run would prune.
    const isLost = role !== undefined && assigned !== undefined && !assigned.has(roleKey(role));
    if (role === undefined || isLost) return [];
    assertCliReadsAlike({ text: configText, path: configPath }, "profile", name);
    if (isAccountId(role.accountId)) return [[name, role]];
    const account = printable(role.accountId, 60);
    const message = `${configPath}: ${profileHeader(name)} has sso_account_id = ${account}, which is not 12 digits`;
    throw new SsoCredError("config", message);
  });
  return new Map(found);
}

/** Like {@link profilesToAdopt}, but empty instead of an error: an offer must not end the run. */
export function profilesToOffer(files: Files, session: SessionKeys): Map<string, Role> {
  try {
    return profilesToAdopt(files, session);
  } catch (error) {
    if (isKind(error, "config")) return new Map();
    throw error;
  }
}

function adoptableRole(current: CurrentConfig, name: string, wanted: SessionKeys): Role | undefined {
  const keys = current.profiles.get(name) ?? new Map<string, string>();
  const own = current.ours.get(name);
  if (!keys.has("credential_process") || own?.session === wanted.session) {
    const role = ssoProfileRole(keys, wanted.session);
    if (role !== undefined || keys.get("sso_session") || own !== undefined) return role;
    const isOfSession = isSamePortal(current, wanted, keys.get("sso_start_url"), keys.get("sso_region"));
    return isOfSession ? roleOfKeys(keys) : undefined;
  }
  const other = readOtherTool(keys);
  if (other === undefined) return undefined;
  const [named = new Map<string, string>()] = other.profiles.flatMap(
    (each) => current.profiles.get(each) ?? [],
  );
  if (OTHER_SOURCES.some((key) => named.has(key))) return undefined;
  const session = keys.get("sso_session") || named.get("sso_session");
  const startUrl = other.startUrl ?? named.get("sso_start_url");
  // A line without a start URL counts for the only session of the config.
  const isOfSession =
    session || startUrl
      ? session === wanted.session ||
        (!session && isSamePortal(current, wanted, startUrl, other.region ?? named.get("sso_region")))
      : current.sessions.size === 1 && current.sessions.has(wanted.session);
  if (!isOfSession) return undefined;
  return roleOf(
    other.role.accountId ?? named.get("sso_account_id"),
    other.role.roleName ?? named.get("sso_role_name"),
  );
}

/** A missing region matches. */
function isSamePortal(
  current: CurrentConfig,
  { session, sessionKeys }: SessionKeys,
  startUrl: string | undefined,
  region: string | undefined,
): boolean {
  const own = (key: string) => sessionKeys.get(key) ?? current.sessions.get(session)?.get(key);
  if (!startUrl || (region && region !== own("sso_region"))) return false;
  return plainStartUrl(startUrl) === plainStartUrl(own("sso_start_url") ?? "");
}
