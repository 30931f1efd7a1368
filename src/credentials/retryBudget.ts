import type { System } from "../platform/system.ts";

/** The time for all retries of a run. */
export const RETRY_MS = 10_000;
/** The same, and the wait for other processes, when something usable is left. */
export const SHORT_RETRY_MS = 3_000;

export type RetryBudget = ReturnType<typeof retryBudget>;

/** The retry budget of a run. Its requests share it, so their retries do not add up. */
export function retryBudget(system: Pick<System, "now">) {
  let until: number | undefined;
  return {
    /** Epoch milliseconds at which the budget ends. The first call sets its length. */
    until(retryMs: number): number {
      until ??= system.now() + retryMs;
      return until;
    },

    /** Stops the budget's clock during a sign-in: waiting for a person is not a retry. */
    async pauseDuring<T>(work: () => Promise<T>): Promise<T> {
      const began = system.now();
      try {
        return await work();
      } finally {
        if (until !== undefined) until += system.now() - began;
      }
    },
  };
}
