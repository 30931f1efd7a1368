import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { root } from "../toolchain.mjs";

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
export async function inputsDigest(): Promise<string> {
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
