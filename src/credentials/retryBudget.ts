import type { System } from "../platform/system.ts";

/** All retries of one run together. */
export const RETRY_MS = 10_000;
/** The same, and the wait for others, when something that still lives can be used instead. */
export const SHORT_RETRY_MS = 3_000;

/** One for a run, so that the retries of its requests do not add up. */
export interface RetryBudget {
  /** Epoch milliseconds after which nothing is tried once more; the first to ask says for how long. */
  until(retryMs: number): number;
  /** Stops the budget's clock: what a person takes is no retry. */
  apart<T>(work: () => Promise<T>): Promise<T>;
}

export function retryBudget(system: Pick<System, "now">): RetryBudget {
  let until: number | undefined;
  return {
    until(retryMs) {
      until ??= system.now() + retryMs;
      return until;
    },
    async apart(work) {
      const began = system.now();
      try {
        return await work();
      } finally {
        if (until !== undefined) until += system.now() - began;
      }
    },
  };
}
