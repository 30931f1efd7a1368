import { SsoCredError } from "../errors.ts";
import { isAccountId, type Role, type SessionIdentity, type SessionRole, type SsoSession } from "../model.ts";
import type { Environment } from "../platform/system.ts";
import { hiddenCharacter, printable } from "../text/printable.ts";
import { assertCliOverridesAlike, assertCliReadsAlike } from "./cliDialect.ts";
import type { Config } from "./configFile.ts";
import { ENDPOINT_KEYS } from "./endpointSettings.ts";
import type { Keys } from "./ini.ts";
import { ourCommandFault, readOurCommand, readOurProfile } from "./ourCommand.ts";
import {
  noProfile,
  profileArgument,
  readSession,
  resolveSession,
  sessionArgument,
  sessionIdentity,
  shownPlace,
} from "./session.ts";
import { misspeltKey, shownHeader, withoutKeys } from "./slips.ts";
import { shownUrl } from "./urls.ts";

/**
 * Reads a profile's SSO settings: `sso_session`, or the legacy `sso_start_url` and `sso_region`, or
 * a `credential_process` line that runs sso-cred for a role or for another profile. The sso_* keys
 * win, as in the AWS CLI.
 * @throws SsoCredError("config") like {@link resolveSession}, and if profile and session contradict
 * each other.
 */
export function resolveProfile(config: Config, name: string, system: Environment) {
  const profile = findProfile(config, name);
  const { keys, where } = profile;
  for (const read of new Set([name, profile.name])) {
    assertCliReadsAlike(config, "profile", read);
    assertCliOverridesAlike(config, read);
  }
  if (!hasSession(keys)) return ofCommandLine(profile, system);
  const sessionName = keys.get("sso_session");
  const session = sessionName ? ofSession(profile, sessionName, system) : ofLegacy(profile, system);
  const accountId = keys.get("sso_account_id");
  const roleName = keys.get("sso_role_name");
  if (accountId) assertAccountId(accountId, `${where("sso_account_id")}: sso_account_id`);
  if (roleName) assertRoleName(roleName, `${where("sso_role_name")}: sso_role_name`);
  return { session, ...(accountId && { accountId }), ...(roleName && { roleName }) };
}

/** The session that a profile uses, whatever is wrong with its other settings. */
export function profileIdentity(config: Config, name: string): SessionIdentity {
  const profile = findProfile(config, name);
  const startUrl = profile.keys.get("sso_start_url");
  const command = startUrl ? undefined : readOurCommand(profile.keys.get("credential_process"));
  const session = profile.keys.get("sso_session") || command?.session;
  if (session) return sessionIdentity(config, session);
  if (startUrl) return { name: null, startUrl };
  throw noSession(profile);
}

const hasSession = (keys: Keys) =>
  ["sso_session", "sso_start_url", "sso_region"].some((key) => keys.get(key));

function noSession({ config, name, keys, header, where }: Profile): SsoCredError {
  const fault = ourCommandFault(keys.get("credential_process"));
  if (fault !== undefined) {
    const message = `${where("credential_process")}: credential_process ${printable(fault)}`;
    return new SsoCredError("config", message);
  }
  const source = keys.get("source_profile");
  if (keys.get("role_arn") && source && source !== name) {
    const what = "assumes a role, which AWS tools do themselves";
    const message = `${where("source_profile")} ${what}; sso-cred has credentials for ${profileArgument(source)}`;
    return new SsoCredError("config", message);
  }
  const slip = misspeltKey(config.text, header, ["sso_session", "sso_start_url", "credential_process"]);
  const why = slip === undefined ? "" : `; ${slip}`;
  const remedy = slip === undefined ? { run: "sso-cred init" } : {};
  return new SsoCredError("config", `${where("sso_session")} has no sso_session${why}`, { remedy });
}

type Profile = ReturnType<typeof profileOf>;

/** The profile, or the other one whose name its line passes: `sso-cred --profile OTHER`. */
function findProfile(config: Config, name: string): Profile {
  const profile = profileOf(config, name);
  const other = hasSession(profile.keys) ? undefined : readOurProfile(profile.keys.get("credential_process"));
  return other === undefined ? profile : profileOf(config, other);
}

function profileOf(config: Config, name: string) {
  const header = shownHeader("profile", name);
  const keys = config.profile(name);
  if (keys === undefined) throw noProfile(config, name);
  /** The section that sets a key, or would have to set a missing one. */
  const placeOf = (key: string) => config.placeOf(name, key);
  /** Its file and header: the beginning of a message. */
  const where = (key: string) => shownPlace(placeOf(key));
  return { config, name, keys, header, placeOf, where };
}

/** Clients run the line without --profile, so the session's endpoints apply, not the profile's. */
function ofCommandLine(profile: Profile, system: Environment) {
  const { config, keys, where } = profile;
  const command = readOurCommand(keys.get("credential_process"));
  if (command === undefined) throw noSession(profile);
  const { session, accountId, roleName } = command;
  assertAccountId(accountId, `${where("credential_process")}: --account-id in credential_process`);
  assertRoleName(roleName, `${where("credential_process")}: --role-name in credential_process`);
  return { session: resolveSession(config, session, system), accountId, roleName };
}

function ofSession(
  { config, name, keys, header, placeOf, where }: Profile,
  session: string,
  system: Environment,
): SsoSession {
  for (const key of ["sso_start_url", "sso_region"]) {
    const [here, there] = [keys.get(key), config.session(session)?.get(key)];
    if (here && there && here !== there) {
      const other = `${shownHeader("sso-session", session)} has ${shownUrl(there)}`;
      throw new SsoCredError("config", `${where(key)} has ${key} = ${shownUrl(here)}, but ${other}`);
    }
  }
  // `login SESSION` would ignore the endpoints of this profile, so the remedy names the profile.
  const hasEndpoints = ENDPOINT_KEYS.some((key) => keys.has(key));
  return resolveSession(config, session, system, {
    settings: { own: { header, keys, placeOf } },
    loginArguments: hasEndpoints ? profileArgument(name) : sessionArgument(session),
  });
}

function ofLegacy({ config, name, keys, header, placeOf }: Profile, system: Environment): SsoSession {
  const own = { header, keys, placeOf };
  const loginArguments = profileArgument(name);
  return readSession({ ...own, config, name: null, settings: { own }, loginArguments }, system);
}

/** Requires account and role as well; the error names the missing keys. */
export function resolveRole(config: Config, name: string, system: Environment): SessionRole {
  const { session, accountId, roleName } = resolveProfile(config, name, system);
  if (accountId && roleName) return { session, accountId, roleName };
  const { keys, header, where } = findProfile(config, name);
  const missing = ["sso_account_id", "sso_role_name"].filter((key) => !keys.get(key));
  throw new SsoCredError("config", `${where(missing[0] ?? "")} ${withoutKeys(config.text, header, missing)}`);
}

/** Every account and role that the config names for the session, without duplicates. */
export function rolePairs(config: Config, session: SessionIdentity): Role[] {
  const pairs = new Map<string, Role>();
  for (const name of config.profileNames()) {
    const keys = config.profile(name);
    const command = readOurCommand(keys?.get("credential_process"));
    if (command !== undefined && command.session === session.name) add(command.accountId, command.roleName);
    const isOf = (keys?.get("sso_session") || null) === session.name;
    const isLegacy = session.name === null;
    if (isOf && (!isLegacy || keys?.get("sso_start_url") === session.startUrl))
      add(keys?.get("sso_account_id"), keys?.get("sso_role_name"));
  }
  return [...pairs.values()];

  function add(accountId: string | undefined, roleName: string | undefined): void {
    if (accountId && roleName) pairs.set(`${accountId} ${roleName}`, { accountId, roleName });
  }
}

function assertAccountId(accountId: string, what: string): void {
  if (isAccountId(accountId)) return;
  const hidden = hiddenCharacter(accountId);
  const why = hidden === undefined ? "" : `, as its ${hidden}`;
  throw new SsoCredError("config", `${what} is not 12 digits${why}: ${printable(accountId)}`);
}

function assertRoleName(roleName: string, what: string): void {
  const hidden = hiddenCharacter(roleName);
  if (hidden === undefined) return;
  throw new SsoCredError("config", `${what} is not a role name, as its ${hidden}: ${printable(roleName)}`);
}
