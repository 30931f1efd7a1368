import { identifyMachine, isThisMachine, type ProcessIdentity } from "../platform/processIdentity.ts";
import { type JsonObject, readJsonObject } from "./jsonFile.ts";
import { prepareReplacement } from "./replaceFile.ts";

/** The version of everything under `~/.aws/sso-cred/`; files of another version read as absent. */
export const STATE_FORMAT = 1;

/** One of our own files, if it is of this format and of this machine since its last start. */
export function readStateFile(path: string): JsonObject | undefined {
  const state = readJsonObject(path);
  if (state?.format !== STATE_FORMAT) return undefined;
  const { host, boot, pidNamespace } = state;
  return isThisMachine({ host, boot, pidNamespace }) ? state : undefined;
}

/** Replaces one of our own files, if it is wanted to the last; answers whether it did. Throws the system's error. */
export function writeStateFile(path: string, state: JsonObject, isWanted?: () => boolean): boolean {
  const text = JSON.stringify({ format: STATE_FORMAT, ...identifyMachine(), ...state });
  return prepareReplacement(path).commit(text, isWanted);
}

/** The process that a state file names, if it is complete. */
export function readIdentity(state: JsonObject | undefined): ProcessIdentity | undefined {
  if (!state) return undefined;
  const { host, boot, pidNamespace, pid, started, uptimeSeconds } = state;
  if (typeof host !== "string" || typeof boot !== "string" || typeof started !== "string") return undefined;
  if (typeof pidNamespace !== "string" || typeof uptimeSeconds !== "number") return undefined;
  if (!Number.isSafeInteger(pid) || (pid as number) < 1) return undefined;
  return { host, boot, pidNamespace, pid: pid as number, started, uptimeSeconds };
}
