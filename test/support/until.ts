import { setTimeout as sleep } from "node:timers/promises";

/** Waits until a condition holds, by default for at most half a minute. */
export async function until(what: string, holds: () => boolean, giveUpMs = 30_000): Promise<void> {
  for (const giveUpAt = performance.now() + giveUpMs; !holds(); ) {
    if (performance.now() > giveUpAt) throw new Error(`in vain waited for: ${what}`);
    await sleep(5);
  }
}
