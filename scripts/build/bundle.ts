import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { parse } from "node:path";
import { type BuildOptions, build, type Metafile } from "esbuild";
import { root } from "../toolchain.mjs";
import { CHUNKS, chunkPlugin } from "./chunks.ts";
import { eagerFunctions } from "./eagerFunctions.ts";
import { leaveOut } from "./leftOut.ts";

/** The files of the executable's scripts. */
export interface Bundles {
  entry: string;
  chunks: { name: string; file: string }[];
  metafiles: Metafile[];
}

const options = {
  absWorkingDir: root,
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "node22",
  minify: true,
  charset: "ascii",
  legalComments: "none",
  mainFields: ["module", "main"],
  // `import()` does not work inside vm.Script, and would make the entry load more of Node.
  supported: { "dynamic-import": false },
  define: { "process.env.NODE_ENV": '"production"' },
  plugins: [leaveOut, chunkPlugin],
  logLevel: "warning",
} satisfies BuildOptions;

/** Bundles the entry and the chunks into `folder`, and writes their metafiles to `folder`/meta. */
export async function bundle(folder: string): Promise<Bundles> {
  await mkdir(`${folder}/meta`, { recursive: true });
  const metafiles: Metafile[] = [];
  const script = async (file: string, source: string, wrap: BuildOptions = {}) => {
    const { outputFiles, metafile, warnings } = await build({
      ...options,
      ...wrap,
      metafile: true,
      write: false,
      entryPoints: [source],
      outfile: `${folder}/${file}`,
    });
    const [output] = outputFiles;
    if (output === undefined || warnings.length > 0) throw new Error(`${source} does not bundle cleanly`);
    // V8 stores ASCII as one byte a character, and so does the asset loader.
    if (output.contents.some((byte) => byte > 127)) throw new Error(`${file} is not ASCII`);
    await writeFile(output.path, output.contents);
    await writeFile(`${folder}/meta/${parse(file).name}.json`, JSON.stringify(metafile, undefined, 1));
    metafiles.push(metafile);
    return output.path;
  };
  const entry = await script("main.cjs", "src/main.ts", { plugins: [eagerFunctions, ...options.plugins] });
  const chunks: Bundles["chunks"] = [];
  for (const [name, source] of Object.entries(CHUNKS)) {
    if (!existsSync(`${root}${source}`)) continue;
    const wrap = { banner: { js: "(function(module,exports,require){" }, footer: { js: "})" } };
    chunks.push({ name, file: await script(`${name}.js`, source, wrap) });
  }
  return { entry, chunks, metafiles };
}
