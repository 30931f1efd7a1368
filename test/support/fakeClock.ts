import { watchIo } from "./ioActivity.ts";

/** A clock that stands still until everybody sleeps; then it jumps to the earliest awakening. */
export interface FakeClock {
  now(): number;
  sleep(ms: number): Promise<void>;
  /** Moves the clock by hand; who would have woken by then wakes, in order. */
  advance(ms: number): void;
  /** Nobody wakes between these two; for tests that look at the middle of something. */
  hold(): void;
  release(): void;
}

interface Sleeper {
  wakesAt: number;
  wake(): void;
}

/** Noon of a day without meaning; share one clock between the systems and the emulator of a test. */
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
      // Array.prototype.sort is stable: those who wake together wake in the order in which they lay down.
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
