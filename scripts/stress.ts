// npm run stress [-- --short] [-- --seed N] [-- VITEST ARGUMENTS]: real processes under faults and
// load (docs/reliability.md)
import { randomInt } from "node:crypto";
import { conclude, runTests } from "./test/steps.ts";

const args = process.argv.slice(2);
const short = args.includes("--short");
const seedAt = args.indexOf("--seed");
const seed = (seedAt < 0 ? undefined : args[seedAt + 1]) ?? String(randomInt(1_000_000));
const rest = args.filter(
  (_, at) => args[at] !== "--short" && (seedAt < 0 || (at !== seedAt && at !== seedAt + 1)),
);

process.env.STRESS_SHORT = short ? "yes" : "no";
process.env.STRESS_SEED = seed;
console.log(
  `stress: ${short ? "short" : "full"} run, seed ${seed}, Node ${process.version}, ${process.platform}-${process.arch}`,
);
const counts = runTests("stress", [
  "--no-file-parallelism",
  "--reporter=./test/support/figuresReporter.ts",
  ...rest,
]);
console.log(`\nseed ${seed}`);
conclude(counts);
