/** The Go SDK kills its helper after 60 s. */
const DEFAULT_WAIT_SECONDS = 50;
const LONGEST_WAIT_SECONDS = 3_600;

/** How long a main-job run may last from the start of its process: `SSO_CRED_WAIT`; NaN when that is malformed. */
export function waitBudgetSeconds(env: Readonly<Record<string, string | undefined>>): number {
  const text = env.SSO_CRED_WAIT;
  if (!text) return DEFAULT_WAIT_SECONDS;
  const seconds = /^\d{1,5}(\.\d{1,3})?$/.test(text) ? Number(text) : Number.NaN;
  return seconds <= LONGEST_WAIT_SECONDS ? seconds : Number.NaN;
}

/** How long output may be waited for, in milliseconds: as the run, but at least a second for what it has to say. */
export function outputTimeoutMs(env: Readonly<Record<string, string | undefined>>): number {
  return Math.max(1, waitBudgetSeconds(env) || 0) * 1000;
}
