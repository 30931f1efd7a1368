import { type Config, loadConfig } from "../config/configFile.ts";
import { resolveProfile } from "../config/profile.ts";
import { listed, onlySession, resolveSession } from "../config/session.ts";
import { SsoCredError } from "../errors.ts";
import type { SsoSession } from "../model.ts";
import type { System } from "../platform/system.ts";
import { printable } from "../text/printable.ts";
import { legacyProfiles } from "./cachedSessions.ts";
import { personAtTerminal } from "./person.ts";

/** How every command that people run names its session. */
export const sessionOptions = {
  profile: { type: "string" },
  "sso-session": { type: "string" },
} as const;

export interface SessionArguments {
  profile?: string | undefined;
  "sso-session"?: string | undefined;
}

/**
 * The session that `[SESSION | --profile NAME | --sso-session NAME]` names; without one the only one in the config; of
 * several the one that the person at the terminal picks. Throws `usage` when nobody can be asked.
 */
export async function chosenSession(
  { profile, "sso-session": flag }: SessionArguments,
  positionals: readonly string[],
  system: System,
): Promise<{ session: SsoSession; config: Config }> {
  if (positionals.length + Number(profile !== undefined) + Number(flag !== undefined) > 1) {
    throw new SsoCredError("usage", "name one session, by its name or with --profile");
  }
  const named = flag ?? positionals[0];
  const config = loadConfig(system, { credentials: named === undefined });
  const legacy = named === undefined && profile === undefined ? onlyLegacy(config, system) : undefined;
  if (legacy) return { session: legacy, config };
  if (profile !== undefined) return { session: resolveProfile(config, profile, system).session, config };
  const name = named ?? (await onlyName(config, system));
  return { session: resolveSession(config, name, system), config };
}

/** Where there is no `[sso-session]`: the one start URL of the legacy profiles. */
function onlyLegacy(config: Config, system: System): SsoSession | undefined {
  const profiles = config.sessionNames().length === 0 ? legacyProfiles(config) : [];
  const urls = new Set(profiles.map((name) => config.profile(name)?.get("sso_start_url")));
  const [first] = profiles;
  if (first === undefined) return undefined;
  if (urls.size === 1) return resolveProfile(config, first, system).session;
  throw new SsoCredError(
    "usage",
    `which session? ${config.path} has profiles with several start URLs: name one with --profile`,
  );
}

async function onlyName(config: Config, system: System): Promise<string> {
  const found = onlySession(config);
  if ("only" in found) return found.only;
  const person = await personAtTerminal(system);
  if (!person) {
    throw new SsoCredError("usage", `which session? ${config.path} has ${listed(found.several)}: name one`);
  }
  const choices = found.several.map((name) => ({
    value: name,
    label: (columns: number) => printable(name, columns),
  }));
  const chosen = await person.prompts.askSome({ message: "Which SSO session?", choices, isSingle: true });
  if (!chosen) throw new SsoCredError("cancelled", "no session chosen");
  return chosen[0] as string;
}
