// npm run platforms [-- windows | arm64 | release] [-- VITEST ARGUMENTS]: the executables for other
// systems, by Wine and qemu-user, and the artefacts that npm run release has made
import { conclude, runTests } from "./test/steps.ts";

conclude(runTests("platforms", process.argv.slice(2)));
