// npm run binary [-- VITEST ARGUMENTS]: test/binary against dist/sso-cred, which its set-up builds
import { close, runTests } from "./test/steps.ts";

close(runTests("binary,program", process.argv.slice(2)));
