import { join } from "node:path";
import { roleCredentialsFileName, stateDirectory } from "../hit/paths.ts";
import { sha1 } from "../hit/sha1.ts";
import type { SessionIdentity, SessionRole } from "../model.ts";
import type { Environment } from "../platform/system.ts";

/**
 * The name of a session's token file, the same in every AWS tool: the SHA-1 of the session's name,
 * or of a legacy profile's start URL.
 */
export function tokenKey(session: SessionIdentity): string {
  return sha1(session.name ?? session.startUrl);
}

/** All names under `~/.aws/sso-cred/` are hashes: text from the config never becomes a path. */
export function sessionStatePath(
  kind: "attempts" | "logins" | "backoff",
  session: SessionIdentity,
  system: Environment,
): string {
  return join(stateDirectory(system), kind, `${tokenKey(session)}.json`);
}

export function loginsFolder(system: Environment): string {
  return join(stateDirectory(system), "logins");
}

export function roleAttemptPath(role: SessionRole, system: Environment): string {
  return join(stateDirectory(system), "attempts", roleCredentialsFileName(role));
}

export function sessionLockPath(
  kind: "token" | "login",
  session: SessionIdentity,
  system: Environment,
): string {
  return join(stateDirectory(system), "locks", `${kind}-${tokenKey(session)}`);
}

export function roleLockPath(role: SessionRole, system: Environment): string {
  return join(stateDirectory(system), "locks", `role-${roleCredentialsFileName(role).slice(0, 40)}`);
}
