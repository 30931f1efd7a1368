// npm run stress [-- --short] [-- --seed N] [-- SUITE…]: real processes on bad days; docs/reliability.md says what is promised
import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import { disks } from "./stress/brokenDisks.ts";
import { concurrency } from "./stress/concurrency.ts";
import { deadLocks } from "./stress/deadLocks.ts";
import { freezeExecutable } from "./stress/executable.ts";
import { killStorm } from "./stress/killStorm.ts";
import { network } from "./stress/networkFaults.ts";
import { surroundings } from "./stress/oddSurroundings.ts";
import { seeded } from "./stress/random.ts";
import { duration, faults, newReport, type Suite, table } from "./stress/report.ts";
import { outages } from "./stress/serviceFaults.ts";
import { stopped } from "./stress/stoppedProcesses.ts";
import { withOthers } from "./stress/withOthers.ts";

const SUITES: readonly Suite[] = [
  concurrency,
  killStorm,
  deadLocks,
  withOthers,
  outages,
  network,
  disks,
  surroundings,
  stopped,
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { short: { type: "boolean", default: false }, seed: { type: "string" } },
});
const unknown = positionals.filter((name) => !SUITES.some((suite) => suite.name === name));
if (unknown.length > 0) {
  console.error(
    `stress: no suite ${unknown.join(", ")}; there are ${SUITES.map(({ name }) => name).join(", ")}`,
  );
  process.exit(2);
}
const chosen = positionals.length === 0 ? SUITES : SUITES.filter(({ name }) => positionals.includes(name));
const seed = values.seed ?? String(randomInt(1_000_000));
const form = values.short ? "short" : "full";

const thaw = freezeExecutable();
const began = performance.now();
console.log(
  `stress: ${form} run, seed ${seed}, Node ${process.version}, ${process.platform}-${process.arch}`,
);
let passed = 0;
let failed = 0;
for (const suite of chosen) {
  console.error(`\n${suite.name} …`);
  const suiteBegan = performance.now();
  const report = newReport((line) => console.error(`  ${line}`));
  const random = seeded(seed, suite.name);
  try {
    await suite.run({ report, random, short: values.short, seed });
  } catch (error) {
    failed++;
    console.log(`BROKEN (seed ${seed}) ${suite.name} stopped: ${(error as Error).stack ?? error}`);
  }
  console.log(`\n## ${suite.title} (${suite.name}, ${duration(performance.now() - suiteBegan)})\n`);
  console.log(table(report.rows));
  for (const line of report.notes) console.log(`\n${line}`);
  for (const line of faults(report.rows, seed)) console.log(line);
  passed += report.rows.filter(({ broken }) => broken.length === 0).length;
  failed += report.rows.filter(({ broken }) => broken.length > 0).length;
}
thaw();
console.log(`\nseed ${seed}, ${form}, ${duration(performance.now() - began)}`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
