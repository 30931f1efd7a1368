import { type ErrorKind, EXIT_CODE, isKind, SsoCredError } from "../errors.ts";
import { sha1 } from "../hit/sha1.ts";
import type { System } from "../platform/system.ts";
import { readStateFile, writeStateFile } from "./stateFile.ts";

/** How long after an attempt what is cached is used without another one. */
const COOL_DOWN_MS = 60_000;

type Environment = Pick<System, "now" | "trace" | "env">;

export interface Attempt {
  /** Epoch milliseconds of its end. */
  at: number;
  /** How it failed, where that concerns others; absent after a success. */
  failure?: SsoCredError;
  /** What `recordAttempt` was given. */
  tokenMark?: string;
}

/** What decides how the services are reached. */
const ROUTE =
  /^(https?_proxy|no_proxy|(AWS|REQUESTS)_CA_BUNDLE|NODE_EXTRA_CA_CERTS|AWS_ENDPOINT_URL(_SSO|_SSO_OIDC)?)$/i;

/** What a failure of one caller says to the others who wait: the rest comes from its own surroundings. */
const SHARED: readonly ErrorKind[] = ["unavailable", "access-denied", "login-required", "login-failed"];

/**
 * Remembers how asking the service ended, and the mark of a token that this says something of; a bug and Ctrl-C are no answer
 * of the service. Best effort: without it the next call asks again.
 */
export function recordAttempt(
  path: string,
  system: Environment,
  failure?: unknown,
  tokenMark?: string,
): void {
  if (failure !== undefined && !isKind(failure, ...SHARED, "config")) return;
  const shared = isKind(failure, ...SHARED) ? failure : undefined;
  try {
    writeStateFile(path, {
      at: system.now(),
      ...(shared ? { failure: { kind: shared.kind, message: shared.message, remedy: shared.remedy } } : {}),
      ...(tokenMark === undefined ? {} : { tokenMark }),
      route: routeOf(system),
    });
  } catch (error) {
    system.trace.step("the attempt could not be remembered", { error: String(error) });
  }
}

/** The last attempt, if it ended within the last minute. */
export function lastAttempt(path: string, system: Environment): Attempt | undefined {
  return attemptSince(path, system.now() - COOL_DOWN_MS, system);
}

/** The last attempt, if it ended at `sinceMs` or later; one from the future (the clock was set back) is none. */
export function attemptSince(path: string, sinceMs: number, system: Environment): Attempt | undefined {
  const state = readStateFile(path);
  if (typeof state?.at !== "number" || state.at < sinceMs || state.at > system.now()) return undefined;
  const failure = readFailure(state.failure);
  const isTold = failure && (failure.kind !== "unavailable" || state.route === routeOf(system));
  const { tokenMark } = state;
  return {
    at: state.at,
    ...(isTold ? { failure } : {}),
    ...(typeof tokenMark === "string" ? { tokenMark } : {}),
  };
}

/** Short, so that it tells nothing of a proxy's password. */
function routeOf({ env }: Environment): string {
  const route = Object.entries(env).filter(([name]) => ROUTE.test(name));
  return sha1(JSON.stringify(route.sort())).slice(0, 8);
}

/** An error as a state file keeps it. */
export function readFailure(value: unknown): SsoCredError | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { kind, message, remedy } = value as { kind?: unknown; message?: unknown; remedy?: unknown };
  if (typeof kind !== "string" || !Object.hasOwn(EXIT_CODE, kind) || typeof message !== "string")
    return undefined;
  const { run, open } = (remedy ?? {}) as { run?: unknown; open?: unknown };
  return new SsoCredError(kind as ErrorKind, message, {
    remedy: { ...(typeof run === "string" ? { run } : {}), ...(typeof open === "string" ? { open } : {}) },
  });
}
