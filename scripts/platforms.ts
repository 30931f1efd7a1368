// npm run platforms [-- windows | arm64 | release] [-- VITEST ARGUMENTS]: the executables for other
// systems, by Wine and qemu-user, and the artefacts that npm run release has made
import { close, runTests } from "./test/steps.ts";

close(runTests("platforms", process.argv.slice(2)));
