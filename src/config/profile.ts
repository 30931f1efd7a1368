import { SsoCredError } from "../errors.ts";
import type { Surroundings } from "../paths.ts";
import type { SsoSession } from "../sso/types.ts";
import { readOurCommand } from "./commandLine.ts";
import type { Config } from "./configFile.ts";
import { ENDPOINT_KEYS } from "./endpointSettings.ts";
import { listed, oneLine, readSession, resolveSession, sessionKeys, shellWord } from "./session.ts";

export interface ProfileTarget {
  session: SsoSession;
  accountId?: string;
  roleName?: string;
}

export interface RolePair {
  accountId: string;
  roleName: string;
}

/**
 * Reads what a profile says about SSO: `sso_session`, or the legacy `sso_start_url` and `sso_region`, or a
 * `credential_process` line that runs sso-cred. The sso_* keys win, as in the AWS CLI.
 *
 * @throws SsoCredError("config") as {@link resolveSession}, and when profile and session contradict each other.
 */
export function resolveProfile(config: Config, name: string, system: Surroundings): ProfileTarget {
  const keys = config.profile(name);
  if (keys === undefined) {
    const others = config.profileNames();
    const known = others.length === 0 ? "" : `; it has ${listed(others)}`;
    throw new SsoCredError("config", `${config.path} has no [${header(name)}]${known}`);
  }
  const where = `${config.path}: [${header(name)}]`;
  const sessionName = keys.get("sso_session");
  const isLegacy = !sessionName && Boolean(keys.get("sso_start_url") || keys.get("sso_region"));
  if (!sessionName && !isLegacy) {
    const command = readOurCommand(keys.get("credential_process") ?? "");
    if (command === undefined) throw new SsoCredError("config", `${where} has no sso_session`);
    const { session, accountId, roleName } = command;
    checkAccountId(accountId, where);
    return { session: resolveSession(config, session, system), accountId, roleName };
  }
  const target: ProfileTarget = {
    session: sessionName ? ofSession(sessionName) : ofProfile(keys, null),
  };
  const accountId = keys.get("sso_account_id");
  const roleName = keys.get("sso_role_name");
  if (accountId) target.accountId = checkAccountId(accountId, where);
  if (roleName) target.roleName = roleName;
  return target;

  function ofSession(session: string): SsoSession {
    const own = sessionKeys(config, session);
    for (const key of ["sso_start_url", "sso_region"]) {
      const [here, there] = [keys?.get(key), own.get(key)];
      if (here && there && here !== there) {
        throw new SsoCredError(
          "config",
          `${where} has ${key} = ${oneLine(here)}, but its [sso-session ${session}] has ${oneLine(there)}`,
        );
      }
    }
    return ofProfile(own, session);
  }

  function ofProfile(values: ReadonlyMap<string, string>, session: string | null): SsoSession {
    const layers = [{ header: `[${header(name)}]`, keys: keys ?? new Map() }];
    // `login SESSION` would not look into this profile, so send people to where its endpoints are.
    const needsProfile = session === null || ENDPOINT_KEYS.some((key) => keys?.has(key));
    return readSession(
      {
        config,
        name: session,
        keys: values,
        header: session === null ? `[${header(name)}]` : `[sso-session ${session}]`,
        layers,
        loginArguments: needsProfile ? `--profile ${shellWord(name)}` : shellWord(session),
      },
      system,
    );
  }
}

/** As {@link resolveProfile}, for what needs one role: the missing keys are an error that names them. */
export function resolveRole(
  config: Config,
  name: string,
  system: Surroundings,
): RolePair & { session: SsoSession } {
  const { session, accountId, roleName } = resolveProfile(config, name, system);
  if (accountId === undefined || roleName === undefined) {
    const missing = [accountId ?? "sso_account_id", roleName ?? "sso_role_name"].filter((key) =>
      key.startsWith("sso_"),
    );
    throw new SsoCredError("config", `${config.path}: [${header(name)}] has no ${missing.join(" and no ")}`);
  }
  return { session, accountId, roleName };
}

/** Every account and role that the config names for the session, once each; profiles that say half are passed over. */
export function rolePairs(config: Config, session: Pick<SsoSession, "name" | "startUrl">): RolePair[] {
  const pairs = new Map<string, RolePair>();
  for (const name of config.profileNames()) {
    const keys = config.profile(name);
    const command = readOurCommand(keys?.get("credential_process") ?? "");
    if (command !== undefined && command.session === session.name) add(command.accountId, command.roleName);
    const sessionName = keys?.get("sso_session") || null;
    const isOf =
      session.name === null
        ? sessionName === null && keys?.get("sso_start_url") === session.startUrl
        : sessionName === session.name;
    if (isOf) add(keys?.get("sso_account_id"), keys?.get("sso_role_name"));
  }
  return [...pairs.values()];

  function add(accountId: string | undefined, roleName: string | undefined): void {
    if (accountId && roleName) pairs.set(`${accountId} ${roleName}`, { accountId, roleName });
  }
}

function header(name: string): string {
  return name === "default" ? "default" : `profile ${name}`;
}

function checkAccountId(accountId: string, where: string): string {
  if (/^\d{12}$/.test(accountId)) return accountId;
  throw new SsoCredError("config", `${where}: account id is not 12 digits: ${oneLine(accountId)}`);
}
