import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { relative } from "node:path";
import { hostTarget, root, type Target } from "../toolchain.mjs";
import { bundle } from "./bundle.ts";
import { makeCodeCaches } from "./codeCache.ts";
import { inputsDigest } from "./inputs.ts";
import { alone } from "./lock.ts";
import { pack } from "./pack.ts";
import { runtime } from "./runtime.ts";
import { RUNTIME_FLAGS, SILENCE } from "./runtimeFlags.ts";

export interface Wish {
  /** undefined: this machine, as dist/sso-cred; else dist/sso-cred-TARGET. */
  target?: Target | undefined;
  /** Build although nothing has changed. */
  force?: boolean;
  say(line: string): void;
}

/** Leaves the executable in dist/ and returns its path. Does nothing when it is there and its inputs are unchanged. */
export async function buildExecutable(wish: Wish): Promise<string> {
  return await alone(`${root}.cache/build.lock`, () => buildAlone(wish));
}

async function buildAlone({ target, force = false, say }: Wish): Promise<string> {
  const name =
    target === undefined ? "sso-cred" : `sso-cred-${target}${target.startsWith("win-") ? ".exe" : ""}`;
  const output = `${root}dist/${name}`;
  const stampFile = `${root}dist/meta/${name}.built`;
  await mkdir(`${root}dist`, { recursive: true });
  const digest = await inputsDigest();
  const stamp = await stampOf(output, digest);
  if (!force && stamp !== undefined && stamp === (await readStamp(stampFile))) {
    say(`${relative(root, output)} is up to date`);
    return output;
  }
  const startedAt = Date.now();
  await sweep();
  const folder = await mkdtemp(`${root}dist/new-`);
  try {
    const bundles = await bundle(folder);
    const host = (target ?? hostTarget()) === hostTarget();
    // A cache holds for one platform's V8 only; an empty one means none.
    const caches = host ? await makeCodeCaches(bundles) : {};
    await writeFile(`${folder}/none.cache`, "");
    const assets: Record<string, string> = {};
    for (const { name, file } of bundles.chunks) {
      assets[`${name}.js`] = file;
      assets[`${name}.cache`] = caches[name] ?? `${folder}/none.cache`;
    }
    const packed = `${folder}/${name}`;
    await pack({
      target: target ?? hostTarget(),
      node: await runtime(target ?? hostTarget(), say),
      main: bundles.entry,
      assets,
      execArgv: [...RUNTIME_FLAGS, SILENCE],
      output: packed,
    });
    await cp(`${folder}/meta`, `${root}dist/meta`, { recursive: true });
    await rename(packed, output);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  await writeFile(stampFile, (await stampOf(output, digest)) ?? "");
  const { size } = await stat(output);
  say(
    `${relative(root, output)}, ${(size / 1e6).toFixed(1)} MB, in ${((Date.now() - startedAt) / 1000).toFixed(1)} s`,
  );
  return output;
}

/** Takes away what an interrupted build has left; there is only one build at a time. */
async function sweep(): Promise<void> {
  const left = (await readdir(`${root}dist`)).filter((name) => name.startsWith("new-"));
  for (const name of left) await rm(`${root}dist/${name}`, { recursive: true });
}

async function readStamp(file: string): Promise<string | undefined> {
  return existsSync(file) ? await readFile(file, "utf8") : undefined;
}

/** What was built from what; changes when the inputs do, and when somebody touches the output. */
async function stampOf(output: string, digest: string): Promise<string | undefined> {
  if (!existsSync(output)) return undefined;
  const { size, mtimeMs } = await stat(output);
  return `${digest} ${size} ${mtimeMs}\n`;
}
