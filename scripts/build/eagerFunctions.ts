import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Plugin } from "esbuild";
import { root } from "../toolchain.mjs";

/** A function as the formatter lays it out at the outermost level, from its first line to its closing brace. */
const FUNCTION = /^(export )?(async )?function (\w+)(\([\s\S]*?^})$/gm;

/**
 * Turns each function of the hit path into a parenthesised function expression. V8 takes the parentheses for a hint to
 * compile it along with the script, instead of skimming it now and reading it again at its first call; and only what is
 * compiled with the script gets into the entry's code cache. esbuild keeps the parentheses.
 */
export const eagerFunctions: Plugin = {
  name: "eager functions",
  setup(build) {
    // The way out of the hit path.
    const cold = resolve(root, "src/platform/chunks.ts");
    build.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      if (path === cold) return undefined;
      const source = await readFile(path, "utf8");
      const functions: string[] = [];
      const others = source.replace(FUNCTION, (_, exported = "", waits = "", name, rest) => {
        functions.push(`${exported}const ${name} = (${waits}function ${rest});\n`);
        return "";
      });
      // First, as a declaration would be there from the start.
      const contents = functions.join("") + others;
      return { contents, loader: "ts" };
    });
  },
};
