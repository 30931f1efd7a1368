/** The Go SDK kills its credential process after 60 s. */
const DEFAULT_WAIT_SECONDS = 50;
const LONGEST_WAIT_SECONDS = 3_600;

/** `SSO_CRED_WAIT`: how many seconds a run of the main job may take, counted from process start. NaN when malformed. */
export function waitBudgetSeconds(env: Readonly<Record<string, string | undefined>>): number {
  const text = env.SSO_CRED_WAIT;
  if (!text) return DEFAULT_WAIT_SECONDS;
  const seconds = /^\d{1,5}(\.\d{1,3})?$/.test(text) ? Number(text) : Number.NaN;
  return seconds <= LONGEST_WAIT_SECONDS ? seconds : Number.NaN;
}

/** How long to wait for a reader of the output, in milliseconds: the wait budget, but at least one second. */
export function outputTimeoutMs(env: Readonly<Record<string, string | undefined>>): number {
  return Math.max(1, waitBudgetSeconds(env) || 0) * 1000;
}
