import { afterAll, describe, test } from "vitest";
import { buildExecutable } from "../../scripts/build/executable.ts";
import type { Target } from "../../scripts/toolchain.mjs";
import type { Machine, Missing } from "./machine.ts";
import { openWorld, type World, type WorldOptions } from "./world.ts";

/** One promise, tested on a machine in a world of its own. Throws if it is broken. */
export interface Case<M extends Machine = Machine> {
  readonly title: string;
  readonly options?: WorldOptions;
  act(world: World<M>): Promise<void>;
}

/** Makes each case a test on a machine with its executable. Skips them if there is no machine. */
export function definePlatform<M extends Machine>(
  name: string,
  target: Target,
  open: (build: () => Promise<string>) => Promise<M | Missing>,
  cases: readonly Case<M>[],
): void {
  describe(name, async () => {
    const say = (line: string) => console.info(`build: ${line}`);
    const machine = await open(() => buildExecutable({ target, say }));
    if ("missing" in machine) return test.skip(`${cases.length} cases: ${machine.missing}`);
    console.info(machine.title);
    afterAll(() => machine.close());
    for (const { title, options, act } of cases) {
      test(title, async () => {
        const world = await openWorld(machine, options);
        try {
          await act(world);
        } finally {
          await world.close();
        }
      });
    }
  });
}
