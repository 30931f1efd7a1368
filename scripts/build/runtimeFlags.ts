import { START_FLAGS } from "../../src/platform/chunks.ts";
import type { Target } from "../toolchain.mjs";

/**
 * V8 flags and Node options baked into the executable as its `execArgv`. The code caches are made under the same ones,
 * else V8 rejects them. What each saves stands in docs/performance.md.
 */
export const RUNTIME_FLAGS = [
  ...START_FLAGS.map((name) => `--no-${name}`),
  // One thread beside the main one; 0 would be one for each processor.
  "--v8-pool-size=1",
  "--disable-sigusr1",
];

/** Options that keep the surroundings out. */
export function shieldingOptions(target: Target): string[] {
  return [
    // Instead of what OPENSSL_CONF names: Node reads it at its start, and ends there when it is broken.
    `--openssl-config=${target.startsWith("win-") ? "NUL" : "/dev/null"}`,
    // Nothing but our own words may reach stderr.
    "--no-warnings",
  ];
}
