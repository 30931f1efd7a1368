// npm run unit [-- VITEST ARGUMENTS]: test/unit and test/flows, from source
import { close, runTests } from "./test/steps.ts";

close(runTests("unit", process.argv.slice(2)));
