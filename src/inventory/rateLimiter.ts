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

export type RateLimiter = ReturnType<typeof rateLimiter>;

/** Spaces requests from the known rate on: additive increase, multiplicative decrease. */
export function rateLimiter(system: Pick<System, "now" | "sleep">) {
  let rate = PORTAL_REQUESTS_PER_SECOND;
  let nextAt = 0;
  let cutAt = Number.NEGATIVE_INFINITY;
  return {
    /** Resolves when the next request may be sent. */
    async turn() {
      const now = system.now();
      const at = Math.max(nextAt, now - CATCH_UP_MS);
      nextAt = at + 1000 / rate;
      if (at > now) await system.sleep(at - now);
    },
    /** The portal responded with 429: all requests pause, then go on more slowly. */
    throttled(pauseMs = PAUSE_MS) {
      const now = system.now();
      nextAt = Math.max(nextAt, now + pauseMs);
      if (now - cutAt < CUT_EVERY_MS) return;
      cutAt = now;
      rate = Math.max(SLOWEST_PER_SECOND, rate * CUT);
    },
    succeeded() {
      rate = Math.min(PORTAL_REQUESTS_PER_SECOND, rate + REGAIN);
    },
    /** The current rate, in requests a second. */
    rate: () => rate,
  };
}
