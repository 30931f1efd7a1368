// npm run check: types, lint, format
import { runChecks } from "./test/steps.ts";

process.exitCode = runChecks().failed === 0 ? 0 : 1;
