import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, link, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, relative } from "node:path";
import { hostTarget, root, type Target } from "../toolchain.mjs";
import { type Bundles, bundle } from "./bundle.ts";
import { makeCodeCaches } from "./codeCache.ts";
import { compileFront, findCompiler, hasFront, libraryLicense } from "./front.ts";
import { addLicense, thirdPartyLicenses } from "./licenses.ts";
import { alone } from "./lock.ts";
import { pack } from "./pack.ts";
import { runtime } from "./runtime.ts";
import { RUNTIME_FLAGS, shieldingOptions } from "./runtimeFlags.ts";
import { writeSharedFiles } from "./sharedFiles.ts";

export interface BuildOptions {
  /** Undefined: this machine. */
  target?: Target | undefined;
  /** Build even if nothing has changed. */
  force?: boolean;
  /** Compile the front with the pinned zig. */
  zig?: boolean;
  say(line: string): void;
}

/**
 * Builds what is installed as `sso-cred` in dist/, and returns its path. For this machine:
 * dist/sso-cred, the front, with the program beside it as dist/sso-cred-core. Without a C compiler,
 * and on Windows, dist/sso-cred is the program. For a target: dist/sso-cred-TARGET, the program,
 * and dist/sso-cred-front-TARGET. Builds only what has changed.
 */
export async function buildExecutable(options: BuildOptions): Promise<string> {
  return await alone(`${root}.cache/build.lock`, async () => {
    await mkdir(`${root}dist/meta`, { recursive: true });
    await sweep();
    await writeSharedFiles(`${root}dist`);
    const program = await buildProgram(options);
    return (await buildFront(options, program)) ?? program;
  });
}

async function buildProgram({ target, force = false, say }: BuildOptions): Promise<string> {
  const name = programName(target);
  const output = `${root}dist/${name}`;
  const stampFile = `${root}dist/meta/${name}.built`;
  const digest = await inputsDigest();
  const stamp = await stampOf(output, digest);
  if (!force && stamp !== undefined && stamp === (await readStamp(stampFile))) {
    say(`${relative(root, output)} is up to date`);
    return output;
  }
  const startedAt = Date.now();
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

/**
 * Compiles the front. Without a compiler, the program takes its place on this machine. Undefined if
 * there is no front.
 */
async function buildFront(
  { target, zig = false, say }: BuildOptions,
  program: string,
): Promise<string | undefined> {
  const machine = target ?? hostTarget();
  if (!hasFront(machine)) return undefined;
  const output = `${root}dist/${frontName(target)}`;
  const compiler = await findCompiler(machine, { zig, say });
  const folder = await mkdtemp(`${root}dist/new-`);
  try {
    if (compiler !== undefined) await compileFront(compiler, machine, `${folder}/front`);
    else if (target === undefined) await link(program, `${folder}/front`);
    if (compiler !== undefined || target === undefined) await rename(`${folder}/front`, output);
    else await rm(output, { force: true });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const license = compiler && (await libraryLicense(compiler, machine));
  if (license !== undefined) await addLicense(`${root}dist/THIRD_PARTY_LICENSES`, "musl (MIT)", license);
  if (compiler === undefined) {
    say(
      `no C compiler for ${machine} (CC, cc, clang, gcc, zig; or --zig): without the front a cache hit takes 20 ms, not 1`,
    );
    return target === undefined ? output : undefined;
  }
  say(
    `${relative(root, output)}, ${((await stat(output)).size / 1e3).toFixed(1)} kB, by ${basename(compiler[0])}`,
  );
  return target === undefined ? output : undefined;
}

/** The program's file in dist/. */
export function programName(target: Target | undefined): string {
  if (target !== undefined) return `sso-cred-${target}${target.startsWith("win-") ? ".exe" : ""}`;
  return hasFront(hostTarget()) ? "sso-cred-core" : "sso-cred.exe";
}

/** The front's file in dist/. */
export function frontName(target: Target | undefined): string {
  return target === undefined ? "sso-cred" : `sso-cred-front-${target}`;
}

async function make(folder: string, name: string, target: Target, say: BuildOptions["say"]): Promise<void> {
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
  // A cache is valid for one platform's V8 only; an empty file means that there is none.
  const none = `${dirname(bundles.entry)}/none.cache`;
  await writeFile(none, "");
  const caches = target === hostTarget() ? await makeCodeCaches(bundles) : {};
  const assets = bundles.chunks.flatMap(({ name, file }) => [
    [`${name}.js`, file],
    [`${name}.cache`, caches[name] ?? none],
  ]);
  return Object.fromEntries(assets);
}

/** Removes the leftovers of an interrupted build. Only one build runs at a time. */
async function sweep(): Promise<void> {
  const left = (await readdir(`${root}dist`)).filter((name) => name.startsWith("new-"));
  for (const name of left) await rm(`${root}dist/${name}`, { recursive: true });
}

async function readStamp(file: string): Promise<string | undefined> {
  return existsSync(file) ? await readFile(file, "utf8") : undefined;
}

/** Identifies a build by its inputs and by the size and date of its output. */
async function stampOf(output: string, digest: string): Promise<string | undefined> {
  if (!existsSync(output)) return undefined;
  const { size, mtimeMs } = await stat(output);
  return `${digest} ${size} ${mtimeMs}\n`;
}

const INPUTS = [
  "LICENSE",
  "package.json",
  "package-lock.json",
  "scripts/build",
  "scripts/build.ts",
  "scripts/toolchain.mjs",
  "src",
  "test/identityCenter",
];

/** A digest of everything that an executable is made from. */
async function inputsDigest(): Promise<string> {
  const hash = createHash("sha256");
  for (const file of await filesOf(INPUTS)) {
    const content = await readFile(`${root}${file}`);
    hash.update(`${file} ${content.length}\n`).update(content);
  }
  return hash.digest("hex");
}

async function filesOf(paths: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for (const path of paths) {
    const found = await stat(`${root}${path}`);
    if (!found.isDirectory()) files.push(path);
    else files.push(...(await filesOf((await readdir(`${root}${path}`)).map((name) => `${path}/${name}`))));
  }
  return files.sort();
}
