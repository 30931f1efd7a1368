import { join } from "node:path";
import { stateDirectory } from "../hit/paths.ts";
import type { SessionIdentity, SessionRole } from "../model.ts";
import type { Environment } from "../platform/system.ts";
import { roleFileName } from "./roleCredentialsCache.ts";
import { tokenKey } from "./tokenCache.ts";

/** All names under `~/.aws/sso-cred/` are hashes: text from the config never becomes a path. */
export function sessionStatePath(
  kind: "attempts" | "logins" | "backoff",
  session: SessionIdentity,
  system: Environment,
): string {
  return join(stateFolder(system), kind, `${tokenKey(session)}.json`);
}

export function loginsFolder(system: Environment): string {
  return join(stateFolder(system), "logins");
}

export function roleAttemptPath(role: SessionRole, system: Environment): string {
  return join(stateFolder(system), "attempts", roleFileName(role));
}

export function sessionLockPath(
  kind: "token" | "login",
  session: SessionIdentity,
  system: Environment,
): string {
  return join(stateFolder(system), "locks", `${kind}-${tokenKey(session)}`);
}

export function roleLockPath(role: SessionRole, system: Environment): string {
  return join(stateFolder(system), "locks", `role-${roleFileName(role).slice(0, 40)}`);
}

function stateFolder({ env, platform }: Environment): string {
  return stateDirectory(env, platform);
}
