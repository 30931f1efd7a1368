import { isKind } from "../errors.ts";
import type { System } from "../platform/system.ts";
import { unavailableFacts } from "./serviceUnavailable.ts";

/** The time for all retries of a run, or of a request that is no part of one. */
export const RETRY_MS = 10_000;
/** The same, and the wait for other processes, when something usable is left. */
export const SHORT_RETRY_MS = 3_000;

const FIRST_PAUSE_MS = 250;
const MAX_PAUSE_MS = 4_000;
/** With less time left, a new attempt would only time out and hide why the last one failed. */
const MIN_ATTEMPT_MS = 500;

/**
 * Repeats `operation` while it fails in a way that may pass within seconds (throttling, 5xx,
 * dropped connections, time-outs), with exponential back-off and full jitter, for at most
 * `budgetMs` in all. Obeys Retry-After where the budget allows, and gives up where it does not.
 * Calls `operation` at least once, with the end of the budget in epoch milliseconds: a deadline for
 * requests that can be cut off without loss.
 *
 * Redeeming a code or a refresh token is repeated as well: if the lost response was a success, the
 * second attempt ends in invalid_grant, which callers handle (read the token file again, sign in).
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
      const facts = unavailableFacts(error);
      if (!facts?.retry) throw error;
      const maxMs = Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt);
      const pauseMs = Math.max(facts.retryAfterMs ?? 0, Math.ceil(Math.random() * maxMs));
      if (system.now() + pauseMs + MIN_ATTEMPT_MS > deadline) throw error;
      system.trace.step("retry", { after: facts.reason, pauseMs });
      await system.sleep(pauseMs);
    }
  }
}

/**
 * True if a caller with a later `deadline` (epoch milliseconds) would have tried again: such a
 * failure says little about the service.
 */
export function endedByDeadline(failure: unknown, deadline: number, now: number): boolean {
  if (!isKind(failure, "unavailable")) return false;
  const leftMs = deadline - now;
  return (
    leftMs <= 0 || (unavailableFacts(failure)?.retry !== false && leftMs < MAX_PAUSE_MS + MIN_ATTEMPT_MS)
  );
}
