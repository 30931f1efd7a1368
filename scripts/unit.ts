// npm run unit [-- VITEST ARGUMENTS]: test/unit and test/flows, from source
import { conclude, runTests } from "./test/steps.ts";

conclude(runTests("unit", process.argv.slice(2)));
