import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundle } from "../../scripts/build/bundle.ts";
import { assetsOf } from "../../scripts/build/executable.ts";
import { pack } from "../../scripts/build/pack.ts";
import { runtime } from "../../scripts/build/runtime.ts";
import { RUNTIME_FLAGS } from "../../scripts/build/runtimeFlags.ts";
import { hostTarget } from "../../scripts/toolchain.mjs";

/** The record that an observed run writes to the file in `OBSERVED`. */
export interface Observation {
  /** Every built-in that was requested by name, in order. */
  required: string[];
  /** Internal modules of Node that were loaded in addition to those of every start. */
  loaded: string[];
  /** The chunks that ran. `rejected`: V8 did not accept their code cache. */
  scripts: { filename: string; rejected: boolean | undefined }[];
  /**
   * V8's digest of its version and flags at the run's end; code caches are valid for one digest.
   */
  cacheTag: number;
}

/** Runs before the entry, in its scope. */
const observer = `
const observed = { required: [], loaded: [], scripts: [], cacheTag: 0 };
{
  const embedded = require;
  const { writeFileSync } = embedded("node:fs");
  const start = new Set(process.moduleLoadList);
  require = (id) => {
    observed.required.push(id);
    return embedded(id);
  };
  const getBuiltinModule = process.getBuiltinModule;
  process.getBuiltinModule = (id) => {
    observed.required.push(id);
    const builtin = getBuiltinModule(id);
    if (id !== "node:vm") return builtin;
    return {
      Script: class extends builtin.Script {
        constructor(source, options) {
          super(source, options);
          observed.scripts.push({ filename: options.filename, rejected: this.cachedDataRejected });
        }
      },
    };
  };
  process.on("exit", () => {
    observed.loaded = process.moduleLoadList.filter((name) => !start.has(name));
    observed.cacheTag = embedded("node:v8").cachedDataVersionTag();
    writeFileSync(process.env.OBSERVED, JSON.stringify(observed));
  });
}
`;

/**
 * The built executable with an observer before its entry, and with warnings enabled: V8 warns about
 * a rejected code cache on stderr.
 */
export async function makeObservedExecutable(): Promise<{ file: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "sso-cred-observed-"));
  const bundles = await bundle(folder);
  const assets = await assetsOf(bundles, hostTarget());
  const main = join(folder, "observed.cjs");
  await writeFile(main, `${observer}${await readFile(bundles.entry, "utf8")}`);
  const node = await runtime(hostTarget(), () => {});
  const file = join(folder, "sso-cred");
  await pack({ target: hostTarget(), node, main, assets, execArgv: RUNTIME_FLAGS, output: file });
  return { file, remove: () => rm(folder, { recursive: true }) };
}
