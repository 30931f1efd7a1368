// npm run fuzz [-- NAME…] [-- --times N] [-- --seed N]: the properties of test/unit/fuzz, longer than npm test runs them
import { parseArgs } from "node:util";
import { close, runTests } from "./test/steps.ts";

const { values, positionals } = parseArgs({
  options: {
    /** How many times as many inputs as in `npm test`. */
    times: { type: "string", default: "20" },
    /** The seed that a failure has printed. */
    seed: { type: "string" },
  },
  allowPositionals: true,
});

process.env.FUZZ = values.times;
if (values.seed !== undefined) process.env.FUZZ_SEED = values.seed;
const files =
  positionals.length === 0 ? ["test/unit/fuzz"] : positionals.map((name) => `test/unit/fuzz/${name}`);
close(runTests("unit", files));
