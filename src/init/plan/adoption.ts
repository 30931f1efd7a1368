import { assertCliReadsAlike } from "../../config/cliDialect.ts";
import type { Keys } from "../../config/ini.ts";
import { shownHeader } from "../../config/slips.ts";
import { plainStartUrl } from "../../config/urls.ts";
import { isKind, SsoCredError } from "../../errors.ts";
import { isAccountId, type Role } from "../../model.ts";
import { printable } from "../../text/printable.ts";
import { words } from "../../text/words.ts";
import { readOtherTool } from "./otherTools.ts";
import { type Files, roleKey, roleOfKeys, type SessionKeys, ssoProfileRole } from "./planInput.ts";

/** Keys to set aside when adopting: beside a credential_process, SDKs disagree on which wins. */
export const SSO_KEYS = words(`
  sso_session sso_account_id sso_role_name sso_start_url sso_region credential_process`);

/**
 * The profiles that get credentials of this session from the AWS CLI's sso keys (legacy ones
 * included) or from another tool's `credential_process` line, and from nothing else.
 * @throws SsoCredError("config") for an account id that is not 12 digits, and for a profile that
 * the AWS CLI reads differently.
 */
export function profilesToAdopt(
  files: Files,
  session: SessionKeys & { keepOnly?: readonly Role[] | undefined },
) {
  const assigned = session.keepOnly && new Set(session.keepOnly.map(roleKey));
  const place = { text: files.configText, path: files.configPath };
  const found = new Map<string, Role>();
  for (const [name, keys] of files.profiles) {
    const role = adoptableRole(files, name, keys, session);
    // Don't adopt what the next run would prune.
    if (role === undefined || assigned?.has(roleKey(role)) === false) continue;
    assertCliReadsAlike(place, "profile", name);
    if (!isAccountId(role.accountId)) {
      const key = `sso_account_id = ${printable(role.accountId, 60)}`;
      const message = `${place.path}: ${shownHeader("profile", name)} has ${key}, which is not 12 digits`;
      throw new SsoCredError("config", message);
    }
    found.set(name, role);
  }
  return found;
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

function adoptableRole(files: Files, name: string, keys: Keys, wanted: SessionKeys): Role | undefined {
  if (hasOtherSource(keys)) return undefined;
  const own = files.ours.get(name);
  if (!keys.has("credential_process") || own?.session === wanted.session) {
    const role = ssoProfileRole(keys, wanted.session);
    if (role !== undefined || keys.get("sso_session") || own !== undefined) return role;
    const isOfSession = isSamePortal(files, wanted, keys.get("sso_start_url"), keys.get("sso_region"));
    return isOfSession ? roleOfKeys(keys) : undefined;
  }
  const other = readOtherTool(keys);
  if (other === undefined) return undefined;
  const [named] = other.profiles.flatMap((each) => files.profiles.get(each) ?? []);
  if (named !== undefined && hasOtherSource(named)) return undefined;
  const session = keys.get("sso_session") || named?.get("sso_session");
  const startUrl = other.startUrl ?? named?.get("sso_start_url");
  const region = other.region ?? named?.get("sso_region");
  // A line without a start URL counts for the only session of the config.
  const isOnlySession = files.sessions.size === 1 && files.sessions.has(wanted.session);
  const isOfPortal = startUrl ? isSamePortal(files, wanted, startUrl, region) : isOnlySession;
  if (session ? session !== wanted.session : !isOfPortal) return undefined;
  const { accountId = named?.get("sso_account_id"), roleName = named?.get("sso_role_name") } = other.role;
  return accountId && roleName ? { accountId, roleName } : undefined;
}

function hasOtherSource(keys: Keys): boolean {
  return ["aws_access_key_id", "role_arn", "web_identity_token_file"].some((key) => keys.has(key));
}

/** A missing region matches. */
function isSamePortal(
  files: Files,
  { session, sessionKeys }: SessionKeys,
  startUrl: string | undefined,
  region: string | undefined,
): boolean {
  const own = (key: string) => sessionKeys.get(key) ?? files.sessions.get(session)?.get(key);
  if (!startUrl || (region && region !== own("sso_region"))) return false;
  return plainStartUrl(startUrl) === plainStartUrl(own("sso_start_url") ?? "");
}
