import type { SessionIdentity, SsoSession } from "../model.ts";
import type { System } from "../platform/system.ts";
import type { Config } from "./configFile.ts";
import { resolveProfile } from "./profile.ts";
import { resolveSession, sessionIdentity } from "./session.ts";

/** A session that the config names, whether or not its settings are usable. */
export interface ConfiguredSession {
  readonly identity: SessionIdentity;
  /** Throws `config` or `usage`, naming what is wrong. */
  resolve(): SsoSession;
}

/** Every session in the config: its `[sso-session]`s, and a legacy profile for each start URL. */
export function configuredSessions(config: Config, system: System): ConfiguredSession[] {
  const named = config.sessionNames().map((name) => ({
    identity: sessionIdentity(config, name),
    resolve: () => resolveSession(config, name, system),
  }));
  const legacy = new Map<string, string>();
  for (const profile of legacyProfiles(config)) {
    const startUrl = config.profile(profile)?.get("sso_start_url") ?? "";
    // Any profile with this start URL will do, if it has a region.
    if (!legacy.has(startUrl) || config.profile(profile)?.get("sso_region")) legacy.set(startUrl, profile);
  }
  const unnamed = [...legacy].map(([startUrl, profile]) => ({
    identity: { name: null, startUrl },
    resolve: () => resolveProfile(config, profile, system).session,
  }));
  return [...named, ...unnamed];
}

/** Legacy profiles: a start URL and no `sso_session`. */
export function legacyProfiles(config: Config): string[] {
  return config.profileNames().filter((name) => {
    const keys = config.profile(name);
    return keys?.get("sso_start_url") && !keys.get("sso_session");
  });
}
