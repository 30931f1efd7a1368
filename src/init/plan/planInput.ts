import { readConfigText } from "../../config/configText.ts";
import { uneditable } from "../../config/edit.ts";
import { type Keys, parseConfig } from "../../config/ini.ts";
import { type OurCommand, readOurCommand } from "../../config/ourCommand.ts";
import { SsoCredError } from "../../errors.ts";
import { configPath, credentialsPath } from "../../hit/paths.ts";
import type { Assignment, Role } from "../../model.ts";
import type { Environment } from "../../platform/system.ts";

export type CurrentConfig = ReturnType<typeof readCurrentConfig>;
export type Files = ReturnType<typeof readConfigFiles>;

/**
 * Reads both files of the user as text; a missing one is empty.
 * @throws SsoCredError("config") naming file and line of a config in which edits would be
 * ambiguous.
 */
export function readConfigFiles(system: Environment) {
  const config = configPath(system);
  const credentials = credentialsPath(system);
  const configText = readConfigText(config, system.platform, { isForWriting: true });
  const fault = uneditable(configText);
  if (fault !== undefined) {
    throw new SsoCredError("config", `${config}, line ${fault.line}, ${fault.problem}; it is left as it is`);
  }
  return {
    configPath: config,
    configText,
    credentialsPath: credentials,
    credentialsText: readConfigText(credentials, system.platform),
    ...readCurrentConfig(configText),
  };
}

/** The config as `init` and `list` see it: its sections, and the profiles that run sso-cred. */
export function readCurrentConfig(text: string) {
  const sections = parseConfig(text, "config");
  const named = (kind: string) =>
    new Map(sections.filter((section) => section.kind === kind).map(({ name, keys }) => [name, keys]));
  const profiles = named("profile");
  const ours = [...profiles].flatMap(([name, keys]): [string, OurCommand][] => {
    const command = readOurCommand(keys.get("credential_process"));
    return command === undefined ? [] : [[name, command]];
  });
  return {
    profiles,
    sessions: named("sso-session"),
    /** Profiles whose credential_process runs sso-cred, whatever the session. */
    ours: new Map(ours),
  };
}

/** The role of a profile with `sso_session`; undefined for other profiles and other sessions. */
export function ssoProfileRole(keys: Keys, session: string): Role | undefined {
  return keys.get("sso_session") === session ? roleOfKeys(keys) : undefined;
}

/** The session's profiles and their roles: ours, and those with `sso_session`. */
export function profileRoles(config: CurrentConfig, session: string): (Role & { name: string })[] {
  return [...config.profiles].flatMap(([name, keys]) => {
    const command = config.ours.get(name);
    const role = command?.session === session ? command : ssoProfileRole(keys, session);
    return role === undefined ? [] : [{ name, accountId: role.accountId, roleName: role.roleName }];
  });
}

/** The profiles of each role, by {@link roleKey}. */
export function profilesByRole(config: CurrentConfig, session: string) {
  return Map.groupBy(profileRoles(config, session), roleKey);
}

/** Undefined unless the keys name both an account and a role. */
export function roleOfKeys(keys: Keys | undefined): Role | undefined {
  const [accountId, roleName] = [keys?.get("sso_account_id"), keys?.get("sso_role_name")];
  return accountId && roleName ? { accountId, roleName } : undefined;
}

export function roleKey({ accountId, roleName }: Role): string {
  return `${accountId}/${roleName}`;
}

/** The program that the profiles run. */
export interface CommandOptions {
  /** The first word of `credential_process`. */
  readonly command: string;
  /** True for `--command`: other commands in our profiles are outdated, also bare names. */
  readonly isCommandGiven: boolean;
  readonly platform: NodeJS.Platform;
}

/** The session as it is in the config, or as this run will write it. */
export interface SessionKeys {
  readonly session: string;
  /** The given keys of `[sso-session]`. A different value in the file is an error. */
  readonly sessionKeys: Keys;
}

/** What a person asked for by answers and flags; nothing from the file itself. */
export interface InitOptions extends CommandOptions, SessionKeys {
  /** The roles that get a profile. */
  readonly wanted: readonly Assignment[];
  /** Undefined: `ACCOUNTID_ROLE`, but a role that already has a profile of ours keeps its name. */
  readonly nameTemplate?: string | undefined;
  readonly region: string;
  readonly output: string;
  /** The profiles to adopt, by name. */
  readonly adopt: "all" | readonly string[];
  /** Profiles of other roles are removed. Undefined: nothing is removed. */
  readonly keepOnly?: readonly Role[] | undefined;
}
