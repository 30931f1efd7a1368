import { execFile } from "node:child_process";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { pinnedNode, root } from "../toolchain.mjs";
import type { Bundles } from "./bundle.ts";
import { prepareRehearsal } from "./rehearsal.ts";
import { RUNTIME_FLAGS } from "./runtimeFlags.ts";

/**
 * Makes the V8 code cache of each chunk: chunk name → file. The cache must come from the same V8
 * with the same flags. It is made at the end of a real run, because it contains only functions that
 * have run.
 */
export async function makeCodeCaches({ entry, chunks }: Bundles): Promise<Record<string, string>> {
  const folder = dirname(entry);
  const { args, env, stop } = await prepareRehearsal(`${folder}/home`);
  try {
    const script = `${root}scripts/build/codeCacheRun.cjs`;
    const run = promisify(execFile);
    const { stdout } = await run(pinnedNode(), [...RUNTIME_FLAGS, script, folder, entry, ...args], { env });
    if (!stdout.startsWith('{"Version":1,')) throw new Error(`the run for the code cache printed ${stdout}`);
  } finally {
    await stop();
  }
  return Object.fromEntries(chunks.map(({ name }) => [name, `${folder}/${name}.cache`]));
}
