import { duration } from "../stress/report.ts";
import type { Machine } from "./machine.ts";
import { openWorld, type World, type WorldOptions } from "./world.ts";

/** One thing that is promised, tried on a machine, in a world of its own. Throws where it does not hold. */
export interface Case<M extends Machine = Machine> {
  readonly title: string;
  readonly options?: WorldOptions;
  act(world: World<M>): Promise<void>;
}

export interface Totals {
  passed: number;
  failed: number;
  skipped: number;
}

/** Plays the cases in turn and prints how each ended. */
export async function play<M extends Machine>(
  cases: readonly Case<M>[],
  machine: M,
  totals: Totals,
  say: (line: string) => void,
): Promise<void> {
  for (const { title, options, act } of cases) {
    const began = performance.now();
    try {
      const world = await openWorld(machine, options);
      try {
        await act(world);
      } finally {
        await world.close();
      }
      totals.passed++;
      say(`ok   ${machine.name}: ${title} (${duration(performance.now() - began)})`);
    } catch (error) {
      totals.failed++;
      say(`FAIL ${machine.name}: ${title}`);
      say(
        `     ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`.replaceAll(
          "\n",
          "\n     ",
        ),
      );
    }
  }
}
