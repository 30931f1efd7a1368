import { createReadStream, existsSync, readFileSync, statSync } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import type { Metafile } from "esbuild";
import { CHUNKS } from "../build/chunks.ts";
import { hostTarget, root } from "../toolchain.mjs";
import type { Stage } from "./stage.ts";

export interface Size {
  name: string;
  bytes: number;
}

/** The sizes of the shipped files, and of their inputs. */
export async function sizes({ executable, program, node }: Stage): Promise<Size[]> {
  const scripts = ["main", ...Object.keys(CHUNKS)].flatMap((name) => {
    const file = `${root}dist/meta/${name}.json`;
    if (!existsSync(file)) return [];
    const { outputs } = JSON.parse(readFileSync(file, "utf8")) as Metafile;
    const bytes = Object.values(outputs).reduce((sum, output) => sum + output.bytes, 0);
    return [{ name: name === "main" ? "entry script" : `chunk ${name}`, bytes }];
  });
  return [
    { name: "native front", bytes: statSync(executable).size },
    { name: "program", bytes: statSync(program).size },
    { name: "the Node in it, stripped", bytes: statSync(node).size },
    { name: `release archive (${hostTarget()}, gzip)`, bytes: await gzipped(program) },
    ...scripts,
  ];
}

async function gzipped(file: string): Promise<number> {
  const zip = createGzip();
  let bytes = 0;
  zip.on("data", (part: Buffer) => {
    bytes += part.length;
  });
  await pipeline(createReadStream(file), zip);
  return bytes;
}
