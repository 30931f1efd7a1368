import { unavailableFacts } from "../http/serviceUnavailable.ts";
import type { System } from "../platform/system.ts";

/** The portal's reported limit; https://github.com/benkehoe/aws-sso-util/issues/112 and others. */
export const PORTAL_REQUESTS_PER_SECOND = 20;

const SLOWEST_PER_SECOND = 0.5;
/** Requests that a stall has delayed may catch up on this much time. */
const CATCH_UP_MS = 200;
const PAUSE_MS = 500;
const CUT = 0.75;
const CUT_EVERY_MS = 1_000;
/** Regained with each response: about one request a second more, every second. */
const REGAIN = 0.05;

/** Without any response for this long, throttling counts as an outage. */
const THROTTLED_FOR_MS = 60_000;
const OTHER_RETRIES = 4;
const RETRY_MS = 500;

/**
 * Spaces requests from the known rate on: additive increase, multiplicative decrease. Retries a
 * throttled request as long as the portal responds to any; one that fails otherwise, a few times.
 */
export function rateLimiter(system: Pick<System, "now" | "sleep" | "trace">) {
  let rate = PORTAL_REQUESTS_PER_SECOND;
  let nextAt = 0;
  let cutAt = Number.NEGATIVE_INFINITY;
  let respondedAt = system.now();

  async function waitForTurn(): Promise<void> {
    const now = system.now();
    const at = Math.max(nextAt, now - CATCH_UP_MS);
    nextAt = at + 1000 / rate;
    if (at > now) await system.sleep(at - now);
  }

  /** After a 429 all requests pause, then go on more slowly. */
  function slowDown(pauseMs = PAUSE_MS): void {
    const now = system.now();
    nextAt = Math.max(nextAt, now + pauseMs);
    if (now - cutAt < CUT_EVERY_MS) return;
    cutAt = now;
    rate = Math.max(SLOWEST_PER_SECOND, rate * CUT);
  }

  return {
    /** The current rate, in requests a second. */
    rate: () => rate,

    async ask<T>(call: () => Promise<T>): Promise<T> {
      for (let failures = 0; ; ) {
        await waitForTurn();
        try {
          const result = await call();
          respondedAt = system.now();
          rate = Math.min(PORTAL_REQUESTS_PER_SECOND, rate + REGAIN);
          return result;
        } catch (error) {
          const facts = unavailableFacts(error);
          if (!facts?.retry) throw error;
          if (facts.isThrottled) {
            if (system.now() - respondedAt > THROTTLED_FOR_MS) throw error;
            slowDown(facts.retryAfterMs);
            system.trace.step("throttled", { requestsPerSecond: rate });
          } else {
            if (failures++ >= OTHER_RETRIES) throw error;
            await system.sleep(RETRY_MS * 2 ** failures);
          }
        }
      }
    },
  };
}
