import { watchIo } from "./ioActivity.ts";

export type FakeClock = ReturnType<typeof fakeClock>;

interface Sleeper {
  wakesAt: number;
  wake(): void;
}

/**
 * A clock that stands still until all sleep, and then jumps to the earliest wake-up time. The
 * systems and the emulator of a test share one; by default, it is noon of an arbitrary day.
 */
export function fakeClock(startsAt = Date.parse("2026-03-01T12:00:00Z")) {
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
    sleep: (ms: number) =>
      new Promise<void>((wake) => {
        sleepers.push({ wakesAt: now + Math.max(0, ms), wake });
        void pump();
      }),
    /** Advances the clock by hand. Sleepers whose time has come wake at the next jump, in order. */
    advance: (ms: number) => {
      now += ms;
    },
    /** Keeps all sleepers asleep until `release`, to look at an intermediate state. */
    hold: () => {
      held = true;
    },
    release: () => {
      held = false;
      void pump();
    },
  };
}
