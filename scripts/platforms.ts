// npm run platforms [-- windows | arm64] [-- VITEST ARGUMENTS]: the executables for other systems, by Wine and qemu-user
import { close, runTests } from "./test/steps.ts";

close(runTests("platforms", process.argv.slice(2)));
