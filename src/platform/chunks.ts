import type { Script } from "node:vm";

/**
 * V8 flags that the executable starts without (`--no-NAME`).
 * - rehash-snapshot: the string hashes of Node's snapshot are used unchanged. Their seed is then
 *   the same for everybody, so never key a Map or an object by more than a few strings that
 *   somebody else chose.
 * - memory-reducer: a garbage collection after eight idle seconds, in processes that wait.
 * - short-builtin-calls: a copy of V8's built-in code near compiled code, of which a hit has none.
 */
export const START_FLAGS = ["rehash-snapshot", "memory-reducer", "short-builtin-calls"];

let areFlagsRestored = false;

/**
 * Runs a chunk of the packed executable and returns its exports. The build replaces `await
 * import("../cli/cli.ts")` and similar calls by this function. Run from source they are plain
 * imports, and this file is not used.
 */
export function loadChunk(name: string): unknown {
  restoreFlags();
  const module = { exports: {} };
  const run = compileChunk(name).runInThisContext() as (
    module: object,
    exports: object,
    require: object,
  ) => void;
  run(module, module.exports, requireBuiltin);
  return module.exports;
}

/**
 * With the flags off, V8 would reject the code caches that Node holds for its own modules. They
 * only matter while the process starts.
 */
function restoreFlags(): void {
  if (areFlagsRestored) return;
  areFlagsRestored = true;
  const { setFlagsFromString } = v8Binding() ?? process.getBuiltinModule("node:v8");
  for (const flag of START_FLAGS) setFlagsFromString(`--${flag}`);
}

/**
 * The binding below `node:v8`, which itself would first load thirty other modules without their
 * code caches. Deprecated, so it may be missing.
 */
function v8Binding(): Pick<typeof import("node:v8"), "setFlagsFromString"> | undefined {
  const { binding, noDeprecation = false } = process as {
    binding?: (name: string) => ReturnType<typeof v8Binding>;
    noDeprecation?: boolean;
  };
  process.noDeprecation = true;
  try {
    return binding?.("v8");
  } catch {
    return undefined;
  } finally {
    process.noDeprecation = noDeprecation;
  }
}

/** The chunk's script, with its code cache if there is one. */
function compileChunk(name: string): Script {
  const { getRawAsset } = process.getBuiltinModule("node:sea");
  const { Script } = process.getBuiltinModule("node:vm");
  const source = Buffer.from(getRawAsset(`${name}.js`)).toString("latin1");
  const cachedData = Buffer.from(getRawAsset(`${name}.cache`));
  return new Script(source, { filename: `${name}.js`, ...(cachedData.length > 0 && { cachedData }) });
}

/** Modules that take a millisecond or more to load. No run needs all of them. */
const DEAR = /^(?:node:)?(?:child_process|crypto|fs\/promises|http|https|net|readline|tls|tty|v8|zlib)$/;

/** The `require` of a chunk. Loads a slow module at the first access to one of its members. */
function requireBuiltin(id: string): object {
  if (!DEAR.test(id)) return builtin(id);
  return new Proxy(
    {},
    {
      get: (_, name) => Reflect.get(builtin(id), name),
      has: (_, name) => Reflect.has(builtin(id), name),
      ownKeys: () => Reflect.ownKeys(builtin(id)),
      getOwnPropertyDescriptor: (_, name) => {
        const found = Reflect.getOwnPropertyDescriptor(builtin(id), name);
        return found && { ...found, configurable: true };
      },
    },
  );
}

function builtin(id: string): object {
  const found = process.getBuiltinModule(id);
  if (found === undefined) throw new Error(`${id} is not in the executable`);
  return found;
}
