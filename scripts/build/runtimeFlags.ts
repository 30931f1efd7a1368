import { START_FLAGS } from "../../src/platform/chunks.ts";
import type { Target } from "../toolchain.mjs";

/**
 * V8 flags and Node options baked into the executable as its `execArgv`. The code caches are made
 * with the same ones, else V8 rejects them. docs/performance.md says what each saves.
 */
export const RUNTIME_FLAGS = [
  ...START_FLAGS.map((name) => `--no-${name}`),
  // One thread beside the main one; 0 would mean one for each processor.
  "--v8-pool-size=1",
  "--disable-sigusr1",
];

/** Options that protect the program from its environment. */
export function shieldingOptions(target: Target): string[] {
  return [
    // Keeps Node from parsing all its root CAs, which `http/trustStore.ts` gives it when needed.
    "--use-openssl-ca",
    // Replaces the file in OPENSSL_CONF: Node reads it at its start, and fails if it is broken.
    `--openssl-config=${target.startsWith("win-") ? "NUL" : "/dev/null"}`,
    // stderr is reserved for our own messages.
    "--no-warnings",
  ];
}
