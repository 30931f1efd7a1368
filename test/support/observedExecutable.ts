import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundle } from "../../scripts/build/bundle.ts";
import { assetsOf } from "../../scripts/build/executable.ts";
import { pack } from "../../scripts/build/pack.ts";
import { runtime } from "../../scripts/build/runtime.ts";
import { RUNTIME_FLAGS } from "../../scripts/build/runtimeFlags.ts";
import { hostTarget } from "../../scripts/toolchain.mjs";

/** What an observed run leaves in the file that `OBSERVED` names. */
export interface Observation {
  /** Every built-in asked for by name, in order. */
  required: string[];
  /** Parts of Node that were loaded for it, beyond those that each start loads. */
  loaded: string[];
  /** The chunks that ran; `rejected` as V8 says of their code cache. */
  scripts: { filename: string; rejected: boolean | undefined }[];
  /** V8's own digest of its version and flags at the end of the run: code caches hold under the same only. */
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
    const builtin = embedded(id);
    if (id === "node:vm") observeScripts(builtin);
    return builtin;
  };
  const getBuiltinModule = process.getBuiltinModule;
  process.getBuiltinModule = (id) => {
    observed.required.push(id);
    return getBuiltinModule(id);
  };
  const observeScripts = (vm) => {
    vm.Script = class extends vm.Script {
      constructor(source, options) {
        super(source, options);
        observed.scripts.push({ filename: options.filename, rejected: this.cachedDataRejected });
      }
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
 * The executable as it is built, but for an observer before its entry, and with warnings not silenced: a code cache that
 * V8 rejects would speak on stderr.
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
