import type { Config } from "../config/configFile.ts";
import { resolveProfile } from "../config/profile.ts";
import { resolveSession, sessionIdentity } from "../config/session.ts";
import type { SessionIdentity, SsoSession } from "../model.ts";
import type { System } from "../platform/system.ts";

/** A session that the config names, whether or not its settings can be used. */
export interface ConfiguredSession {
  readonly identity: SessionIdentity;
  /** Throws `config` or `usage`, naming what is wrong. */
  resolve(): SsoSession;
}

/** Every session the config describes: its `[sso-session]`s, and the legacy profiles, one for each start URL. */
export function configuredSessions(config: Config, system: System): ConfiguredSession[] {
  const named = config.sessionNames().map((name) => ({
    identity: sessionIdentity(config, name),
    resolve: () => resolveSession(config, name, system),
  }));
  const legacy = new Map<string, string>();
  for (const profile of legacyProfiles(config)) {
    const startUrl = config.profile(profile)?.get("sso_start_url") ?? "";
    // Of several profiles with one start URL, one with a region is as good as another.
    if (!legacy.has(startUrl) || config.profile(profile)?.get("sso_region")) legacy.set(startUrl, profile);
  }
  const unnamed = [...legacy].map(([startUrl, profile]) => ({
    identity: { name: null, startUrl },
    resolve: () => resolveProfile(config, profile, system).session,
  }));
  return [...named, ...unnamed];
}

/** Profiles that are their own session: a start URL and no `sso_session`. */
export function legacyProfiles(config: Config): string[] {
  return config.profileNames().filter((name) => {
    const keys = config.profile(name);
    return keys?.get("sso_start_url") && !keys.get("sso_session");
  });
}
