import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, copyFile, mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import {
  hostTarget,
  NODE_PACKAGES,
  nodePathInPackage,
  pinnedNode,
  readPackages,
  root,
  type Target,
} from "../toolchain.mjs";
import { CHANNEL_VARIABLE, EARLY_VARIABLES, forgetEarlyVariables } from "./earlyVariables.ts";
import { assertNodesOwn, NODE_SUMS } from "./nodeSums.ts";
import { fetchPackage } from "./registry.ts";

const run = promisify(execFile);

/**
 * The Node binary of the executable: the pinned version for the target, stripped if possible, and
 * without the early variables.
 */
export async function runtime(target: Target, say: (line: string) => void): Promise<string> {
  const name = NODE_PACKAGES[target];
  const locked = readPackages(`${root}package-lock.json`)?.[`node_modules/${name}`];
  if (locked?.integrity === undefined) throw new Error(`${name} is not in package-lock.json`);
  // Another list of variables or sums needs another copy.
  const kind = createHash("sha256")
    .update([...EARLY_VARIABLES, CHANNEL_VARIABLE, JSON.stringify(NODE_SUMS)].join())
    .digest("hex")
    .slice(0, 8);
  const cached = `${root}.cache/runtime/${name}-${locked.version}-${kind}${target.startsWith("win-") ? ".exe" : ""}`;
  if (existsSync(cached)) return cached;

  await mkdir(`${root}.cache/runtime`, { recursive: true });
  const folder = await mkdtemp(`${root}.cache/runtime/new-`);
  try {
    const binary = `${folder}/node`;
    if (target === hostTarget()) await copyFile(pinnedNode(), binary);
    else {
      const fetched = await fetchPackage(`${name}@${locked.version}`, locked.integrity, folder, say);
      await rename(`${fetched}/${nodePathInPackage(target)}`, binary);
    }
    assertNodesOwn(await readFile(binary), { version: locked.version, target }, say);
    await chmod(binary, 0o755);
    if (target.startsWith("linux-")) await strip(target, binary, say);
    const bytes = await readFile(binary);
    forgetEarlyVariables(bytes);
    await writeFile(binary, bytes);
    await rename(binary, cached);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return cached;
}

/** Strips the symbols, a sixth of the file. Node for macOS and Windows has none. */
async function strip(target: Target, binary: string, say: (line: string) => void) {
  const tools =
    target === hostTarget()
      ? ["strip"]
      : [`${target.endsWith("arm64") ? "aarch64" : "x86_64"}-linux-gnu-strip`, "llvm-strip"];
  for (const tool of tools) {
    try {
      await run(tool, ["--strip-all", binary]);
      return;
    } catch {
      // The tool is absent or does not know the target's files: try the next one.
    }
  }
  say(`not stripped, so larger than need be: ${tools.join(" or ")} would do it`);
}
