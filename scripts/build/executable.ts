import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, relative } from "node:path";
import { hostTarget, root, type Target } from "../toolchain.mjs";
import { type Bundles, bundle } from "./bundle.ts";
import { makeCodeCaches } from "./codeCache.ts";
import { inputsDigest } from "./inputs.ts";
import { thirdPartyLicenses } from "./licenses.ts";
import { alone } from "./lock.ts";
import { pack } from "./pack.ts";
import { runtime } from "./runtime.ts";
import { RUNTIME_FLAGS, shieldingOptions } from "./runtimeFlags.ts";

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
  const name = executableName(target);
  const output = `${root}dist/${name}`;
  const stampFile = `${root}dist/meta/${name}.built`;
  await mkdir(`${root}dist/meta`, { recursive: true });
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
    await make(folder, name, target ?? hostTarget(), say);
    await cp(`${folder}/meta`, `${root}dist/meta`, { recursive: true });
    for (const file of ["THIRD_PARTY_LICENSES", name])
      await rename(`${folder}/${file}`, `${root}dist/${file}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  await writeFile(stampFile, (await stampOf(output, digest)) ?? "");
  const megabytes = ((await stat(output)).size / 1e6).toFixed(1);
  say(`${relative(root, output)}, ${megabytes} MB, in ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
  return output;
}

export function executableName(target: Target | undefined): string {
  if (target === undefined) return hostTarget().startsWith("win-") ? "sso-cred.exe" : "sso-cred";
  return `sso-cred-${target}${target.startsWith("win-") ? ".exe" : ""}`;
}

async function make(folder: string, name: string, target: Target, say: Wish["say"]): Promise<void> {
  const bundles = await bundle(folder);
  await writeFile(`${folder}/THIRD_PARTY_LICENSES`, await thirdPartyLicenses(bundles.metafiles));
  await pack({
    target,
    node: await runtime(target, say),
    main: bundles.entry,
    assets: await assetsOf(bundles, target),
    execArgv: [...RUNTIME_FLAGS, ...shieldingOptions(target)],
    output: `${folder}/${name}`,
  });
}

/** The chunks and their code caches, asset name → file. */
export async function assetsOf(bundles: Bundles, target: Target): Promise<Record<string, string>> {
  // A cache holds for one platform's V8 only; an empty one means none.
  const none = `${dirname(bundles.entry)}/none.cache`;
  await writeFile(none, "");
  const caches = target === hostTarget() ? await makeCodeCaches(bundles) : {};
  const assets = bundles.chunks.flatMap(({ name, file }) => [
    [`${name}.js`, file],
    [`${name}.cache`, caches[name] ?? none],
  ]);
  return Object.fromEntries(assets);
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
