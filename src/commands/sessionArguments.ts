import { type Config, loadConfig } from "../config/configFile.ts";
import { legacyProfiles } from "../config/configuredSessions.ts";
import { profileIdentity, resolveProfile } from "../config/profile.ts";
import { listed, onlySession, profileArgument, resolveSession, sessionIdentity } from "../config/session.ts";
import { shownHeader } from "../config/slips.ts";
import { SsoCredError } from "../errors.ts";
import { promptsAtTerminal } from "../init/wizard/promptsAtTerminal.ts";
import type { SsoSession } from "../model.ts";
import type { System } from "../platform/system.ts";
import { printable } from "../text/printable.ts";
import type { FlagValues, SESSION_FLAGS } from "../usage/flags.ts";

type SessionArguments = FlagValues<typeof SESSION_FLAGS>;

/**
 * The session that `[SESSION | --profile NAME | --sso-session NAME]` names. Without one, the only
 * session in the config; if there are several, the one that the person at the terminal picks.
 * Throws `usage` when nobody can be asked.
 */
export async function chosenSession(
  values: SessionArguments,
  positionals: readonly string[],
  system: System,
): Promise<SsoSession> {
  const named = explicitName(values, positionals);
  const config = loadConfig(system, { credentials: named?.session === undefined });
  const choice = named ?? (await onlyConfiguredSession(config, system));
  return configuredSession(choice, config, system).resolve();
}

export type SessionChoice = { profile: string; session?: never } | { session: string; profile?: never };

/** The session or profile that the command line names, if any. Throws `usage` if it names two. */
export function explicitName(
  { profile, "sso-session": flag }: SessionArguments,
  positionals: readonly string[],
): SessionChoice | undefined {
  if (positionals.length + Number(profile !== undefined) + Number(flag !== undefined) > 1) {
    throw new SsoCredError("usage", "name one session, by its name or with --profile");
  }
  const session = flag ?? positionals[0];
  if (session !== undefined) return { session };
  return profile === undefined ? undefined : { profile };
}

/** Both parts are looked up when they are asked for: each names other faults of the config. */
export function configuredSession({ profile, session }: SessionChoice, config: Config, system: System) {
  return {
    get identity() {
      return session === undefined ? profileIdentity(config, profile) : sessionIdentity(config, session);
    },
    resolve: () =>
      session === undefined
        ? resolveProfile(config, profile, system).session
        : resolveSession(config, notAProfile(session, config), system),
  };
}

/** The name. Throws `config` if there is a profile of that name, but no session. */
export function notAProfile(session: string, config: Config): string {
  if (config.session(session) !== undefined || config.profile(session) === undefined) return session;
  const header = shownHeader("sso-session", session);
  const profile = shownHeader("profile", session);
  const message = `${config.path} has no ${header}, but ${profile}: name it with ${profileArgument(session)}`;
  throw new SsoCredError("config", message);
}

/**
 * The session for a command line that names none. Without any `[sso-session]`, a profile with the
 * only start URL of the legacy profiles.
 */
export async function onlyConfiguredSession(config: Config, system: System): Promise<SessionChoice> {
  const [profile, ...others] = config.sessionNames().length === 0 ? legacyProfiles(config) : [];
  const startUrl = (name: string) => config.profile(name)?.get("sso_start_url");
  if (profile !== undefined && others.some((other) => startUrl(other) !== startUrl(profile))) {
    const message = `which session? ${config.path} has profiles with several start URLs: name one with --profile`;
    throw new SsoCredError("usage", message);
  }
  if (profile !== undefined) return { profile };
  const found = onlySession(config);
  if ("only" in found) return { session: found.only };
  const prompts = await promptsAtTerminal(system);
  if (!prompts) {
    throw new SsoCredError("usage", `which session? ${config.path} has ${listed(found.several)}: name one`);
  }
  const labelled = (name: string) => ({ value: name, label: (columns: number) => printable(name, columns) });
  const choices = found.several.map(labelled);
  const chosen = await prompts.askSome({ message: "Which SSO session?", choices, isSingle: true });
  if (!chosen) throw new SsoCredError("cancelled", "no session chosen");
  return { session: chosen[0] as string };
}
