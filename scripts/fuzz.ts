// npm run fuzz [-- NAME…] [-- --times N] [-- --seed N]: the properties of hostile input and of two
// whole flows, longer than npm test runs them, and on new inputs.
// npm run fuzz -- front [--seconds N]: the native front by libFuzzer, where clang has it.
import { parseArgs } from "node:util";
import { fuzzFront } from "./fuzz/front.ts";
import { conclude, runTests } from "./test/steps.ts";

const { values, positionals } = parseArgs({
  options: {
    /** The factor by which there are more inputs than in `npm test`. */
    times: { type: "string", default: "20" },
    /** The seed that a failure has printed. */
    seed: { type: "string" },
    /** Seconds for the native front. */
    seconds: { type: "string", default: "180" },
  },
  allowPositionals: true,
});

if (positionals[0] === "front") runFront();
else runProperties();

function runFront(): void {
  const isGood = fuzzFront(Number(values.seconds));
  conclude({ passed: Number(isGood), failed: Number(!isGood) });
}

function runProperties(): void {
  process.env.FUZZ = values.times;
  if (values.seed !== undefined) process.env.FUZZ_SEED = values.seed;
  const files = positionals.length > 0 ? positionals : ["test/unit/fuzz", "signInWalk", "doctorSlips"];
  conclude(runTests("unit", files));
}
