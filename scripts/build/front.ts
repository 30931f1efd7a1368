import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { hostTarget, root, type Target } from "../toolchain.mjs";
import { fetchZig } from "./zig.ts";

const run = promisify(execFile);

export const SOURCE = "src/front/front.c";

/** A larger front takes longer to load than the C library's loader. */
const MAX_STATIC_BYTES = 100_000;

/** The names that `zig cc -target` uses for the targets with a front. */
const TRIPLES: Readonly<Partial<Record<Target, string>>> = {
  "linux-x64": "x86_64-linux-musl",
  "linux-arm64": "aarch64-linux-musl",
  "darwin-x64": "x86_64-macos",
  "darwin-arm64": "aarch64-macos",
};

const WARNINGS = ["-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-Wstrict-prototypes", "-Werror"];

/** A compiler's command line, without the files to compile. */
export type Compiler = readonly [string, ...string[]];

export function hasFront(target: Target): boolean {
  return TRIPLES[target] !== undefined;
}

/**
 * The C compiler for a target: `CC`, or the first of `cc`, `clang`, `gcc` and `zig cc` that works.
 * Other machines' targets need zig. `zig`: only the pinned zig. Undefined if there is none.
 */
export async function findCompiler(
  target: Target,
  { zig, say }: { zig: boolean; say(line: string): void },
): Promise<Compiler | undefined> {
  const triple = TRIPLES[target];
  if (triple === undefined) return undefined;
  if (zig) return [await fetchZig(say), "cc", "-target", triple];
  const candidates: Compiler[] = [["zig", "cc", "-target", triple]];
  if (target === hostTarget()) {
    const [given, ...words] = (process.env.CC ?? "").split(" ").filter((word) => word !== "");
    if (given !== undefined) return [given, ...words];
    candidates.unshift(["cc"], ["clang"], ["gcc"]);
  }
  for (const candidate of candidates) if (await works(candidate)) return candidate;
  return undefined;
}

/** Compiles the front into `output`, statically unless that is larger. A warning is an error. */
export async function compileFront(compiler: Compiler, target: Target, output: string): Promise<void> {
  const { version } = JSON.parse(await readFile(`${root}package.json`, "utf8"));
  const common = [
    ...["-std=c11", "-O2", "-fstack-protector-strong", "-D_FORTIFY_SOURCE=2", ...WARNINGS],
    // Gives the same bytes in every folder and on every day.
    ...[`-DVERSION="${version}"`, `-ffile-prefix-map=${root}=`],
    ...["-o", output, SOURCE],
  ];
  // The linker for macOS would name the object file, in the build's folder, for a debugger.
  if (target.startsWith("darwin-")) return compile(compiler, ["-Wl,-S", ...common]);
  const linux = ["-fstack-clash-protection", "-s", "-Wl,-z,relro,-z,now,-z,noexecstack,--build-id=none"];
  try {
    await compile(compiler, [...linux, "-static", ...common]);
    if ((await stat(output)).size <= MAX_STATIC_BYTES) return;
  } catch {
    // No static C library is installed.
  }
  await compile(compiler, [...linux, "-fPIE", "-pie", ...common]);
}

/** The licence of the C library that is linked statically: musl's, from the pinned zig. */
export async function libraryLicense([file]: Compiler, target: Target): Promise<string | undefined> {
  const text = `${dirname(file)}/lib/libc/musl/COPYRIGHT`;
  return target.startsWith("linux-") && existsSync(text) ? await readFile(text, "utf8") : undefined;
}

async function compile([file, ...words]: Compiler, options: readonly string[]): Promise<void> {
  await run(file, [...words, ...options], { cwd: root, env: { ...process.env, ...zigCache() } });
}

/** True if the compiler exists and finds the C library's headers. */
async function works([file, ...words]: Compiler): Promise<boolean> {
  const options = ["-fsyntax-only", "-include", "unistd.h", "-x", "c", "/dev/null"];
  try {
    await run(file, [...words, ...options], { env: { ...process.env, ...zigCache() } });
    return true;
  } catch {
    return false;
  }
}

function zigCache(): Record<string, string> {
  const folder = `${root}.cache/zig-cache`;
  return { ZIG_GLOBAL_CACHE_DIR: folder, ZIG_LOCAL_CACHE_DIR: folder };
}
