import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** Two for each processor: most tests wait for processes or for time. */
const maxWorkers = 2 * availableParallelism();

/** A busy machine may be slow, and by default `expect.poll` waits for 1 s only. */
const patient = { poll: { timeout: 20_000 } };

/** `npm test` prints a test that passes at the second attempt as FLAKY: a fault to be found. */
const retry = 1;

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "interop",
          include: ["test/interop/*.test.ts"],
          globalSetup: ["test/interop/setup.ts", "test/support/frozenExecutable.ts"],
          testTimeout: 300_000,
          expect: patient,
          maxConcurrency: 8,
          // One of the files mostly waits.
          maxWorkers: 3,
        },
      },
      {
        test: {
          name: "stress",
          include: ["test/stress/*.test.ts"],
          globalSetup: ["test/support/frozenExecutable.ts"],
          testTimeout: 600_000,
          expect: patient,
          maxConcurrency: 8,
        },
      },
      {
        test: {
          name: "platforms",
          include: ["test/platforms/*.test.ts"],
          testTimeout: 120_000,
          expect: patient,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: "unit",
          include: ["test/unit/**/*.test.ts", "test/flows/**/*.test.ts"],
          testTimeout: 30_000,
          expect: patient,
          maxWorkers,
          retry,
        },
      },
      {
        test: {
          name: "binary",
          include: ["test/binary/**/*.test.ts"],
          globalSetup: ["test/support/builtExecutable.ts"],
          testTimeout: 60_000,
          expect: patient,
          maxWorkers,
          retry,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          // What the native front answers, once more by the program alone.
          name: "program",
          include: ["heldOutput", "runtime", "streams", "terminal"].map(
            (name) => `test/binary/${name}.test.ts`,
          ),
          globalSetup: ["test/support/builtExecutable.ts"],
          env: { SSO_CRED_BINARY: fileURLToPath(new URL("dist/sso-cred-core", import.meta.url)) },
          testTimeout: 60_000,
          expect: patient,
          hookTimeout: 60_000,
          maxWorkers,
          retry,
        },
      },
    ],
  },
});
