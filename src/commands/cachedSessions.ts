import { join } from "node:path";
import { listFolder } from "../cache/folder.ts";
import { readJsonObject } from "../cache/jsonFile.ts";
import type { Config } from "../config/configFile.ts";
import { resolveProfile } from "../config/profile.ts";
import { readSession, resolveSession } from "../config/session.ts";
import { SsoCredError } from "../errors.ts";
import { ssoCacheDirectory } from "../hit/paths.ts";
import type { SsoSession } from "../model.ts";
import type { System } from "../platform/system.ts";

/** Every session the config describes: its `[sso-session]`s, and the legacy profiles, one for each start URL. */
export function configuredSessions(config: Config, system: System): SsoSession[] {
  const named = config
    .sessionNames()
    .flatMap((name) => unlessBroken(() => resolveSession(config, name, system), system));
  const legacy = new Map<string, SsoSession>();
  for (const name of legacyProfiles(config)) {
    for (const session of unlessBroken(() => resolveProfile(config, name, system).session, system)) {
      if (!legacy.has(session.startUrl)) legacy.set(session.startUrl, session);
    }
  }
  return [...named, ...legacy.values()];
}

/** Profiles that are their own session: a start URL and no `sso_session`. */
export function legacyProfiles(config: Config): string[] {
  return config.profileNames().filter((name) => {
    const keys = config.profile(name);
    return keys?.get("sso_start_url") && !keys.get("sso_session");
  });
}

export interface StrayToken {
  path: string;
  accessToken: string;
  /** Where the file says it belongs; undefined when it does not, so that its token is sent nowhere. */
  session: SsoSession | undefined;
}

/**
 * Files of the SSO cache that hold an access token, whatever their names: what `aws sso logout` takes, too. Without a
 * config nobody knows where they belong.
 */
export function strayTokens(config: Config | undefined, system: System): StrayToken[] {
  const folder = ssoCacheDirectory(system.env, system.platform);
  return listFolder(folder).flatMap((name) => {
    const path = join(folder, name);
    const file = readJsonObject(path);
    if (typeof file?.accessToken !== "string") return [];
    if (!config) return [{ path, accessToken: file.accessToken, session: undefined }];
    const keys = new Map(
      [
        ["sso_start_url", file.startUrl],
        ["sso_region", file.region],
      ].filter((pair): pair is [string, string] => typeof pair[1] === "string"),
    );
    const source = { config, name: null, keys, header: name };
    const [session] = unlessBroken(() => readSession(source, system), system);
    return [{ path, accessToken: file.accessToken, session }];
  });
}

function unlessBroken(read: () => SsoSession, system: System): SsoSession[] {
  try {
    return [read()];
  } catch (error) {
    if (!(error instanceof SsoCredError)) throw error;
    system.trace.step("left out", { error: error.message });
    return [];
  }
}
