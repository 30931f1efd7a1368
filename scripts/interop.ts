// npm run interop [-- rust] [-- VITEST ARGUMENTS]: other AWS clients and this program on one home;
// STS checks every signature
import { conclude, runTests } from "./test/steps.ts";

const args = process.argv.slice(2);
if (args.includes("rust")) process.env.INTEROP_RUST = "yes";
conclude(
  runTests("interop", [
    "--reporter=./test/support/figuresReporter.ts",
    ...args.filter((word) => word !== "rust"),
  ]),
);
