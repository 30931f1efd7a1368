import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { pinnedNode, root } from "../toolchain.mjs";
import type { Bundles } from "./bundle.ts";
import { RUNTIME_FLAGS } from "./runtimeFlags.ts";

/**
 * Makes the V8 code cache of each chunk: chunk name → file. It has to come from the same V8 under the same flags,
 * and is worth most when made after a run, because only functions that ran are compiled and thus in it.
 */
export async function makeCodeCaches(
  { entry, chunks }: Bundles,
  folder: string,
): Promise<Record<string, string>> {
  const script = `${root}scripts/build/codeCacheRun.cjs`;
  const names = chunks.map(({ name }) => name);
  await promisify(execFile)(pinnedNode(), [...RUNTIME_FLAGS, script, folder, entry, ...names], { env: {} });
  return Object.fromEntries(names.map((name) => [name, `${folder}/${name}.cache`]));
}
