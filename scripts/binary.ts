// npm run binary [-- VITEST ARGUMENTS]: test/binary against dist/sso-cred, which its set-up builds
import { conclude, runTests } from "./test/steps.ts";

conclude(runTests("binary,program", process.argv.slice(2)));
