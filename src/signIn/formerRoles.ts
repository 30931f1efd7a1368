import { removeRoleCredentials } from "../cache/roleCredentialsCache.ts";
import { loadConfig } from "../config/configFile.ts";
import { isFormerSession } from "../config/configuredSessions.ts";
import { bestEffort } from "../platform/attempt.ts";
import type { System } from "../platform/system.ts";

/**
 * Removes the role credentials of sessions that the config no longer has, or has with another start
 * URL or region. A cache hit does not read the config, so it would still serve them. Best effort.
 */
export function removeFormerRoles(system: Pick<System, "env" | "platform" | "trace">): void {
  bestEffort("role credentials of former sessions could not be removed", system, () => {
    const config = loadConfig(system, { credentials: true });
    const removed = removeRoleCredentials((each) => isFormerSession(each, config, system), system);
    if (removed > 0) system.trace.step("removed role credentials of former sessions", { removed });
  });
}
