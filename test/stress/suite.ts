import { describe, expect, test } from "vitest";
import { type Random, seeded } from "./random.ts";
import type { Figures, Report } from "./report.ts";

declare module "vitest" {
  interface TaskMeta {
    /** What the test measured; the reporter makes a table of it. */
    figures?: Figures;
  }
}

export interface Suite {
  readonly name: string;
  /** The heading of its table. */
  readonly title: string;
  /** True if its rows mostly wait, and may run at once. */
  readonly concurrent?: boolean;
  /** Registers the rows while vitest collects the tests, so the work belongs into the rows. */
  run(context: SuiteContext): Promise<void> | void;
}

export interface SuiteContext {
  readonly report: Report;
  readonly random: Random;
  readonly short: boolean;
  readonly seed: string;
}

/** Set by `npm run stress`: the short form for CI, and the seed of all random numbers. */
export const SHORT = process.env.STRESS_SHORT === "yes";
export const SEED = process.env.STRESS_SEED ?? "1";

/** Makes each row of a suite a test with figures. */
export function defineSuite({ name, title, concurrent = false, run }: Suite): void {
  describe(title, { concurrent }, async () => {
    await run({ report: testReport(), random: seeded(SEED, name), short: SHORT, seed: SEED });
  });
}

/** A report whose rows are tests. */
export function testReport(): Report {
  return {
    async row(name, check) {
      test(name, async ({ task }) => {
        const broken: string[] = [];
        task.meta.figures = await check((holds, otherwise) => {
          if (!holds) broken.push(otherwise);
        });
        expect(broken).toEqual([]);
      });
    },
    skip: (name, why) => test.skip(`${name}: ${why}`),
    note: (line) => console.info(line),
  };
}
