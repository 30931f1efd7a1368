import { identifyMachine, isThisMachine, type ProcessIdentity } from "../platform/processIdentity.ts";
import { type JsonObject, readJsonObject } from "./jsonFile.ts";
import { prepareReplacement } from "./replaceFile.ts";

/** The version of all files under `~/.aws/sso-cred/`. Files of another version read as absent. */
export const STATE_FORMAT = 1;

/** One of our own files, if it has this format and is of this machine and boot. */
export function readStateFile(path: string): JsonObject | undefined {
  const state = readJsonObject(path);
  if (state?.format !== STATE_FORMAT) return undefined;
  const { host, boot, pidNamespace } = state;
  return isThisMachine({ host, boot, pidNamespace }) ? state : undefined;
}

/**
 * Replaces one of our own files, if `isWanted` returns true just before the rename. Returns whether
 * it did. The file is not synced, because it counts for nothing after a boot. Throws the system's
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
