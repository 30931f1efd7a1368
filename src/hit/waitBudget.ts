import type { Environment } from "../platform/system.ts";

/** The Go SDK kills its credential process after 60 s. */
const DEFAULT_WAIT_SECONDS = 50;
const LONGEST_WAIT_SECONDS = 3_600;

/** `SSO_CRED_WAIT`: the seconds a main-job run may take from process start. NaN if malformed. */
export function waitBudgetSeconds(env: Environment["env"]): number {
  const text = env.SSO_CRED_WAIT;
  if (!text) return DEFAULT_WAIT_SECONDS;
  const seconds = /^\d{1,5}(\.\d{1,3})?$/.test(text) ? Number(text) : Number.NaN;
  return seconds <= LONGEST_WAIT_SECONDS ? seconds : Number.NaN;
}

/** Milliseconds to wait for a reader of the output: the wait budget, at least one second. */
export function outputTimeoutMs(env: Environment["env"]): number {
  return Math.max(1, waitBudgetSeconds(env) || 0) * 1000;
}
