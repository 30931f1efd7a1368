// npm test: everything that must hold before a commit, the cheap parts first
import { conclude, runChecks, runTests } from "./test/steps.ts";

const checks = runChecks();
const unit = runTests("unit", []);
const binary = runTests("binary,program", []);
conclude(checks, unit, binary);
