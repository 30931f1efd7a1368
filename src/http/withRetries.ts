import { isKind } from "../errors.ts";
import type { System } from "../platform/system.ts";
import { serviceUnavailableOf } from "./serviceUnavailable.ts";

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 4_000;
/** With less time left a new attempt would only replace the reason of the last one by "did not answer". */
const LEAST_ATTEMPT_MS = 500;

/**
 * Repeats `operation` while it fails by an outage that may pass within seconds (429, 5xx, dropped lines, time-outs), with exponential
 * back-off and full jitter, for at most `budgetMs` in all; Retry-After is kept where the budget allows, and ends the attempts
 * where not. `operation` is called at least once, and gets the end of the budget (epoch milliseconds) to pass on as the deadline of its
 * requests, where cutting them loses nothing.
 *
 * Redeeming a code or a refresh token is repeated like everything else: where the lost answer had been given, the
 * second try ends in invalid_grant, which callers have to meet anyway (a look at the token file, then a new sign-in).
 */
export async function withRetries<T>(
  system: Pick<System, "now" | "sleep" | "trace">,
  budgetMs: number,
  operation: (deadline: number) => Promise<T>,
): Promise<T> {
  const deadline = system.now() + budgetMs;
  for (let attempt = 0; ; attempt++) {
    try {
      return await operation(deadline);
    } catch (error) {
      const outage = serviceUnavailableOf(error);
      if (!outage?.retry) throw error;
      const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt);
      const pause = Math.max(outage.retryAfterMs ?? 0, Math.ceil(Math.random() * longest));
      if (system.now() + pause + LEAST_ATTEMPT_MS > deadline) throw error;
      system.trace.step("retry", { after: outage.message, pauseMs: pause });
      await system.sleep(pause);
    }
  }
}

/** Whether more might have been tried before that failure, had the caller's own `deadline` (epoch milliseconds) been later. */
export function isCutShort(failure: unknown, deadline: number, now: number): boolean {
  if (!isKind(failure, "unavailable")) return false;
  const leftMs = deadline - now;
  return (
    leftMs <= 0 ||
    (serviceUnavailableOf(failure)?.retry !== false && leftMs < LONGEST_PAUSE_MS + LEAST_ATTEMPT_MS)
  );
}
