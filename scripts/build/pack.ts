import childProcess from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname } from "node:path";
import { promisify } from "node:util";
import { hostTarget, type Target } from "../toolchain.mjs";

/** The parts of an executable. */
export interface Packing {
  target: Target;
  /** The Node binary of the target. */
  node: string;
  /** The main script, CommonJS. */
  main: string;
  /** Asset name → file. */
  assets: Readonly<Record<string, string>>;
  execArgv: readonly string[];
  output: string;
}

type Sea = (
  entry: string,
  options: {
    targets: { platform: string; arch: string; nodeRange: string; output: string }[];
    nodePath: string;
    useLocalNode: boolean;
    signature: boolean;
    seaConfig: Record<string, unknown>;
  },
) => Promise<void>;

/**
 * Packs a script into a Node binary. The only file that knows the packager. The packager's command
 * line accepts neither assets nor V8 flags. Its module does, but is no documented interface: hence
 * the exact version in package.json, and the tests of the built executable.
 */
export async function pack({ target, node, main, assets, execArgv, output }: Packing): Promise<void> {
  const require = createRequire(import.meta.url);
  // A cache is valid for one platform's V8 only.
  const useCodeCache = target === hostTarget();
  const sea = packager(require, useCodeCache ? execArgv : [], main);
  const { log } = require("@yao-pkg/pkg/lib-es5/log.js") as { log: { info(): void } };
  log.info = () => {};
  const [platform = "", arch = ""] = target.split("-");
  await sea(main, {
    targets: [{ platform: platform === "darwin" ? "macos" : platform, arch, nodeRange: "node22", output }],
    nodePath: node,
    // This Node also writes the blob for other targets: its version is the same as theirs.
    useLocalNode: true,
    // Only a Mac can sign; elsewhere install.sh signs at the destination.
    signature: hostTarget().startsWith("darwin-"),
    seaConfig: {
      disableExperimentalSEAWarning: true,
      useSnapshot: false,
      useCodeCache,
      assets,
      execArgv,
      execArgvExtension: "none",
    },
  });
}

/**
 * Loads the packager with two changes to its call of the Node that writes the blob. It gets the
 * options of the executable, because V8 rejects a code cache made under others. And it gets the
 * main script by its bare name: the path becomes part of the blob, and builds in different folders
 * would differ.
 */
function packager(require: NodeJS.Require, options: readonly string[], main: string): Sea {
  const { execFile } = childProcess;
  const run = promisify(execFile);
  const file = require.resolve("@yao-pkg/pkg/lib-es5/sea.js");
  // The packager looks `execFile` up once, when it is loaded.
  delete require.cache[file];
  const replacement = async (node: string, args: string[]) => {
    const [flag, config = ""] = args;
    if (flag !== "--experimental-sea-config") return run(node, args);
    await writeFile(
      config,
      JSON.stringify({ ...JSON.parse(await readFile(config, "utf8")), main: basename(main) }),
    );
    return run(node, [...options, ...args], { cwd: dirname(main) });
  };
  childProcess.execFile = Object.assign(() => {}, {
    [promisify.custom]: replacement,
  }) as unknown as typeof execFile;
  try {
    return (require(file) as { default: Sea }).default;
  } finally {
    childProcess.execFile = execFile;
  }
}
