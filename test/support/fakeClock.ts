import { watchIo } from "./ioActivity.ts";

/** A clock that stands still until all sleep, and then jumps to the earliest wake-up time. */
export interface FakeClock {
  now(): number;
  sleep(ms: number): Promise<void>;
  /** Advances the clock by hand. Sleepers whose time has come wake in order. */
  advance(ms: number): void;
  /** Keeps all sleepers asleep between these two calls, to look at an intermediate state. */
  hold(): void;
  release(): void;
}

interface Sleeper {
  wakesAt: number;
  wake(): void;
}

/** Noon of an arbitrary day. The systems and the emulator of a test share one clock. */
export function fakeClock(startsAt = Date.parse("2026-03-01T12:00:00Z")): FakeClock {
  const sleepers: Sleeper[] = [];
  const io = watchIo();
  let now = startsAt;
  let held = false;
  let pumping = false;

  const pump = async () => {
    if (pumping) return;
    pumping = true;
    while (sleepers.length > 0 && !held) {
      await io.quiet();
      if (held) break;
      // Array.prototype.sort is stable, so sleepers with equal times wake in their order.
      sleepers.sort((a, b) => a.wakesAt - b.wakesAt);
      const first = sleepers.shift();
      now = Math.max(now, first?.wakesAt ?? now);
      first?.wake();
    }
    pumping = false;
  };

  return {
    now: () => now,
    sleep: (ms) =>
      new Promise((wake) => {
        sleepers.push({ wakesAt: now + Math.max(0, ms), wake });
        void pump();
      }),
    advance: (ms) => {
      now += ms;
    },
    hold: () => {
      held = true;
    },
    release: () => {
      held = false;
      void pump();
    },
  };
}
