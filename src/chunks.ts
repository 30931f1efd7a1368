import { getRawAsset } from "node:sea";
import { Script } from "node:vm";

/**
 * Runs a chunk of the packed executable and returns what it exports. The build puts this in the place of
 * `await import("./cli.ts")` and its like; run from source they are plain imports and this file is not used.
 */
export function loadChunk(name: string): unknown {
  const module = { exports: {} };
  const run = compileChunk(name).runInThisContext() as (
    module: object,
    exports: object,
    require: object,
  ) => void;
  run(module, module.exports, requireBuiltin);
  return module.exports;
}

/** The chunk's script with its code cache, if one was baked in; `cachedDataRejected` tells whether V8 took it. */
export function compileChunk(name: string): Script {
  const source = Buffer.from(getRawAsset(`${name}.js`)).toString("latin1");
  const cachedData = Buffer.from(getRawAsset(`${name}.cache`));
  return new Script(source, { filename: `${name}.js`, ...(cachedData.length > 0 && { cachedData }) });
}

function requireBuiltin(id: string): unknown {
  const builtin = process.getBuiltinModule(id);
  if (builtin === undefined) throw new Error(`${id} is not in the executable`);
  return builtin;
}
