import { type ErrorKind, EXIT_CODE, isKind, SsoCredError } from "../errors.ts";
import { textFields } from "../hit/json.ts";
import { sha1 } from "../hit/sha1.ts";
import { bestEffort } from "../platform/attempt.ts";
import type { System } from "../platform/system.ts";
import { readStateFile, writeStateFile } from "./stateFile.ts";

/** For this long after an attempt, usable cached results are served without another attempt. */
const COOL_DOWN_MS = 60_000;

/** The variables that decide how the services are reached. */
const ROUTE =
  /^(https?_proxy|no_proxy|(AWS|REQUESTS)_CA_BUNDLE|NODE_EXTRA_CA_CERTS|AWS_ENDPOINT_URL(_SSO|_SSO_OIDC)?)$/i;

/** Failures that other callers would get, too. All others come from one caller's environment. */
const SHARED: readonly ErrorKind[] = ["unavailable", "access-denied", "login-required", "login-failed"];

/**
 * Records how a request to the service ended, with the fingerprint of its token. A bug or Ctrl-C
 * says nothing about the service and is not recorded. Best effort: without a record, the next call
 * sends its own request.
 */
export function recordAttempt(path: string, system: System, failure?: unknown, tokenFingerprint?: string) {
  if (failure !== undefined && !isKind(failure, ...SHARED, "config")) return;
  const shared = isKind(failure, ...SHARED) ? failure : undefined;
  const state = { at: system.now(), failure: shared, tokenFingerprint, route: routeOf(system) };
  bestEffort("the attempt could not be recorded", system, () => writeStateFile(path, state));
}

/** The last attempt, if it ended within the last minute. */
export function lastAttempt(path: string, system: Pick<System, "now" | "env">) {
  return attemptSince(path, system.now() - COOL_DOWN_MS, system);
}

/** The last attempt since `sinceMs`. One from the future (a clock set back) does not count. */
export function attemptSince(path: string, sinceMs: number, system: Pick<System, "now" | "env">) {
  const state = readStateFile(path);
  if (typeof state?.at !== "number" || state.at < sinceMs || state.at > system.now()) return undefined;
  const failure = readFailure(state.failure);
  const isShared = failure && (failure.kind !== "unavailable" || state.route === routeOf(system));
  return {
    /** Epoch milliseconds at which it ended. */
    at: state.at,
    /** Undefined after a success, and after a failure that does not concern other callers. */
    failure: isShared ? failure : undefined,
    ...textFields(state, ["tokenFingerprint"]),
  };
}

/** The hash is cut short, so that it reveals nothing about a proxy's password. */
function routeOf({ env }: Pick<System, "env">): string {
  const route = Object.entries(env).filter(([name]) => ROUTE.test(name));
  return sha1(JSON.stringify(route.sort())).slice(0, 8);
}

/** Reads an error from a state file. */
export function readFailure(value: unknown): SsoCredError | undefined {
  const { kind, message } = textFields(value, ["kind", "message"]);
  if (!kind || !Object.hasOwn(EXIT_CODE, kind) || !message) return undefined;
  const { remedy } = value as { remedy?: unknown };
  return new SsoCredError(kind as ErrorKind, message, { remedy: textFields(remedy, ["run", "open"]) });
}
