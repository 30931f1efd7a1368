import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Plugin } from "esbuild";
import { root } from "../toolchain.mjs";

/** Matches a top-level function as formatted, from its first line to its closing brace. */
const FUNCTION = /^(export )?(async )?function (\w+)(\([\s\S]*?^})$/gm;

/**
 * Turns each function of the hit path into a parenthesised function expression. V8 compiles such a
 * function along with the script, instead of at its first call, so that it becomes part of the
 * entry's code cache. esbuild keeps the parentheses.
 */
export const eagerFunctions: Plugin = {
  name: "eager functions",
  setup(build) {
    // Leaves the hit path.
    const cold = resolve(root, "src/platform/chunks.ts");
    build.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      if (path === cold) return undefined;
      const source = await readFile(path, "utf8");
      const functions: string[] = [];
      const others = source.replace(FUNCTION, (_, exported = "", waits = "", name, rest) => {
        functions.push(`${exported}const ${name} = (${waits}function ${rest});\n`);
        return "";
      });
      // Placed first, because a declaration would exist from the start.
      const contents = functions.join("") + others;
      return { contents, loader: "ts" };
    });
  },
};
