import { configPath } from "../hit/paths.ts";
import { sha1 } from "../hit/sha1.ts";
import type { Environment } from "../platform/system.ts";
import type { Config } from "./configFile.ts";
import { legacyProfiles } from "./configuredSessions.ts";

/** What a role's cache file says of its session: the name, or a legacy profile's start URL. */
export type RecordedSession = Readonly<
  Partial<Record<"session" | "startUrl" | "region" | "config", unknown>>
>;

/** Tells config files apart (`AWS_CONFIG_FILE`) without a path that would need escapes in JSON. */
export function configFingerprint(system: Environment): string {
  return sha1(configPath(system)).slice(0, 16);
}

/**
 * True if the config file that a session was read from does not have it any more, or has it with
 * another start URL or region. Other config files are none of our business.
 */
export function isFormerSession(recorded: RecordedSession, config: Config, system: Environment): boolean {
  const { session, startUrl, region } = recorded;
  if (typeof session !== "string" || recorded.config !== configFingerprint(system)) return false;
  // A file that is not there may be out of reach: a relative path, a disk that is not mounted.
  if (config.absence !== undefined) return false;
  const named = config.session(session);
  const legacy = () =>
    legacyProfiles(config)
      .map((name) => config.profile(name))
      .filter((keys) => keys?.get("sso_start_url") === session);
  const candidates = named ? [named] : legacy();
  return !candidates.some(
    (keys) => keys?.get("sso_start_url") === startUrl && keys?.get("sso_region") === region,
  );
}
