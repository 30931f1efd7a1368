import { configPath } from "../hit/paths.ts";
import { sha1 } from "../hit/sha1.ts";
import type { SessionIdentity, SsoSession } from "../model.ts";
import type { Environment, System } from "../platform/system.ts";
import type { Config } from "./configFile.ts";
import type { Keys } from "./ini.ts";
import { resolveProfile } from "./profile.ts";
import { resolveSession, sessionIdentity } from "./session.ts";

/** A session that the config names, whether or not its settings are usable. */
export interface ConfiguredSession {
  readonly identity: SessionIdentity;
  /** Throws `config` or `usage`, naming what is wrong. */
  resolve(): SsoSession;
}

/** Every session in the config: each `[sso-session]`, and one legacy profile for each start URL. */
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

/** Identifies the config file without its path, which would need escapes in JSON. */
export function configFingerprint(system: Environment): string {
  return sha1(configPath(system)).slice(0, 16);
}

/**
 * True if the config file that a session was read from no longer has it, or has it with another
 * start URL or region. False for sessions of other config files. `recorded` is the record in a
 * role's cache file; its `session` is the name, or a legacy profile's start URL.
 */
export function isFormerSession(recorded: Record<string, unknown>, config: Config, system: Environment) {
  const { session, startUrl, region } = recorded;
  if (typeof session !== "string" || recorded.config !== configFingerprint(system)) return false;
  // A missing file may only be out of reach: a relative path, a disk that is not mounted.
  if (config.absence !== undefined) return false;
  const named = config.session(session);
  const legacy = startUrl === session ? legacyProfiles(config) : [];
  const candidates = named ? [named] : legacy.map((name) => config.profile(name));
  const isCurrent = (keys?: Keys) =>
    keys?.get("sso_start_url") === startUrl && keys?.get("sso_region") === region;
  return !candidates.some(isCurrent);
}
