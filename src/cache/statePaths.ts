import { join } from "node:path";
import { stateDirectory } from "../hit/paths.ts";
import type { SessionRole, SsoSession } from "../model.ts";
import type { System } from "../platform/system.ts";
import { roleFileName } from "./roleCredentialsCache.ts";
import { tokenKey } from "./tokenCache.ts";

type Place = Pick<System, "env" | "platform">;

/** Every name under `~/.aws/sso-cred/` is made of hashes: what the config says never becomes a path. */
export function sessionStatePath(
  kind: "attempts" | "logins" | "backoff",
  session: SsoSession,
  system: Place,
): string {
  return join(stateFolder(system), kind, `${tokenKey(session)}.json`);
}

export function loginsFolder(system: Place): string {
  return join(stateFolder(system), "logins");
}

export function roleAttemptPath(role: SessionRole, system: Place): string {
  return join(stateFolder(system), "attempts", roleFileName(role));
}

export function sessionLockPath(kind: "token" | "login", session: SsoSession, system: Place): string {
  return join(stateFolder(system), "locks", `${kind}-${tokenKey(session)}`);
}

export function roleLockPath(role: SessionRole, system: Place): string {
  return join(stateFolder(system), "locks", `role-${roleFileName(role).slice(0, 40)}`);
}

function stateFolder({ env, platform }: Place): string {
  return stateDirectory(env, platform);
}
