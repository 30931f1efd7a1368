import { join } from "node:path";
import { roleCredentialsFileName, stateDirectory } from "../hit/paths.ts";
import { sha1 } from "../hit/sha1.ts";
import type { SessionIdentity, SessionRole } from "../model.ts";
import { identifyMachine, isThisMachine, type ProcessIdentity } from "../platform/processIdentity.ts";
import type { Environment } from "../platform/system.ts";
import { type JsonObject, readJsonObject } from "./jsonFile.ts";
import { prepareReplacement } from "./replaceFile.ts";

/** The version of all files under `~/.aws/sso-cred/`. Files of another version read as absent. */
export const STATE_FORMAT = 1;

/** Reads one of our own files. Undefined for another format, machine or boot. */
export function readStateFile(path: string): JsonObject | undefined {
  const state = readJsonObject(path);
  if (state?.format !== STATE_FORMAT) return undefined;
  const { host, boot, pidNamespace } = state;
  return isThisMachine({ host, boot, pidNamespace }) ? state : undefined;
}

/**
 * Replaces one of our own files if `isWanted` returns true just before the rename, and returns
 * whether it did. The file is not synced, because it is ignored after a reboot. Throws the system's
 * error.
 */
export function writeStateFile(path: string, state: JsonObject, isWanted?: () => boolean): boolean {
  const text = JSON.stringify({ format: STATE_FORMAT, ...identifyMachine(), ...state });
  return prepareReplacement(path, { synced: "nothing" }).commit(text, isWanted);
}

/** The process that a state file names; undefined if a part is missing. */
export function readIdentity(state: JsonObject | undefined): ProcessIdentity | undefined {
  if (!state) return undefined;
  const { host, boot, pidNamespace, pid, started, uptimeSeconds } = state;
  if (typeof host !== "string" || typeof boot !== "string" || typeof started !== "string") return undefined;
  if (typeof pidNamespace !== "string" || typeof uptimeSeconds !== "number") return undefined;
  if (!Number.isSafeInteger(pid) || (pid as number) < 1) return undefined;
  return { host, boot, pidNamespace, pid: pid as number, started, uptimeSeconds };
}

/** The name of a session's token file in every AWS tool: SHA-1 of its name or legacy start URL. */
export function tokenKey(session: SessionIdentity): string {
  return sha1(session.name ?? session.startUrl);
}

type StateKind = "attempts" | "logins" | "backoff";

/** All names under `~/.aws/sso-cred/` are hashes: text from the config never becomes a path. */
export function sessionStatePath(kind: StateKind, session: SessionIdentity, system: Environment): string {
  return join(stateDirectory(system), kind, `${tokenKey(session)}.json`);
}

export function loginsFolder(system: Environment): string {
  return join(stateDirectory(system), "logins");
}

export function roleAttemptPath(role: SessionRole, system: Environment): string {
  return join(stateDirectory(system), "attempts", roleCredentialsFileName(role));
}

export function sessionLockPath(kind: "token" | "login", session: SessionIdentity, system: Environment) {
  return join(stateDirectory(system), "locks", `${kind}-${tokenKey(session)}`);
}

export function roleLockPath(role: SessionRole, system: Environment): string {
  return join(stateDirectory(system), "locks", `role-${roleCredentialsFileName(role).slice(0, 40)}`);
}
