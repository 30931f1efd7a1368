/**
 * Baked into the executable as its `execArgv`; the code caches are made under the same ones, else V8 rejects them.
 * What each saves stands in docs/performance.md.
 */
export const RUNTIME_FLAGS = [
  // The snapshot's string hashes are used as they are: the seed is then the same for all, so never key a Map or an
  // object by more than a few strings that somebody else chose.
  "--no-rehash-snapshot",
  "--no-short-builtin-calls",
  "--v8-pool-size=0",
  "--disable-sigusr1",
];

/** Nothing but our own words may reach stderr. */
export const SILENCE = "--no-warnings";
