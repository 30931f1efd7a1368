import type { Target } from "../toolchain.mjs";

/**
 * V8 flags and Node options baked into the executable as its `execArgv`. The code caches are made under the same V8
 * flags, else V8 rejects them. What each saves stands in docs/performance.md.
 */
export const RUNTIME_FLAGS = [
  // The snapshot's string hashes are used as they are: the seed is then the same for all, so never key a Map or an
  // object by more than a few strings that somebody else chose.
  "--no-rehash-snapshot",
  "--no-short-builtin-calls",
  "--v8-pool-size=0",
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
