import { dirname, resolve } from "node:path";
import type { Plugin } from "esbuild";
import { root } from "../toolchain.mjs";

/** The executable's scripts beside its entry: name → the file that `await import(…)` names. */
export const CHUNKS: Readonly<Record<string, string>> = {
  restart: "src/platform/reexecWithCleanEnv.ts",
  cli: "src/cli/cli.ts",
  portalSdk: "src/identityCenter/portalSdk.ts",
  oidcSdk: "src/identityCenter/oidcSdk.ts",
  prompts: "src/init/wizard/prompts.ts",
};

/**
 * Replaces each dynamic import of a chunk by its loader. Rejects static ones: they pack it twice.
 */
export const chunkPlugin: Plugin = {
  name: "chunks",
  setup(build) {
    const names = new Map(Object.entries(CHUNKS).map(([name, file]) => [resolve(root, file), name]));
    build.onResolve({ filter: /^\.{1,2}\// }, ({ path, importer, kind }) => {
      const name = names.get(resolve(dirname(importer), path));
      if (name === undefined || kind === "entry-point") return undefined;
      if (kind === "dynamic-import") return { path: name, namespace: "chunk" };
      return { errors: [{ text: `${path} is a chunk of its own: load it with await import()` }] };
    });
    build.onLoad({ filter: /.*/, namespace: "chunk" }, ({ path }) => ({
      contents: `module.exports = require("./src/platform/chunks.ts").loadChunk(${JSON.stringify(path)});`,
      resolveDir: root,
    }));
  },
};
