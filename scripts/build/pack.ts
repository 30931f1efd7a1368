import childProcess from "node:child_process";
import { createRequire } from "node:module";
import { promisify } from "node:util";
import { hostTarget, type Target } from "../toolchain.mjs";

/** What goes into one executable. */
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
 * Packs a script into a Node binary. The only place that knows the packager, whose command line lets through neither
 * assets nor V8 flags; its module does, but is not a documented interface: hence the exact version in
 * package.json, and the tests of the built binary.
 */
export async function pack({ target, node, main, assets, execArgv, output }: Packing): Promise<void> {
  const require = createRequire(import.meta.url);
  // A cache holds for one platform's V8 only.
  const useCodeCache = target === hostTarget();
  const sea = packager(require, useCodeCache ? execArgv : []);
  const { log } = require("@yao-pkg/pkg/lib-es5/log.js") as { log: { info(): void } };
  log.info = () => {};
  const [platform = "", arch = ""] = target.split("-");
  await sea(main, {
    targets: [{ platform: platform === "darwin" ? "macos" : platform, arch, nodeRange: "node22", output }],
    nodePath: node,
    // For a foreign target: this very Node writes the blob, instead of a downloaded one. Its version is the same.
    useLocalNode: true,
    // Only a Mac can sign; elsewhere install.sh does it at its destination.
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
 * The packager, whose call of the Node that writes the blob gets the options that the executable will run under: V8 rejects
 * a code cache that was made under others.
 */
function packager(require: NodeJS.Require, options: readonly string[]): Sea {
  const { execFile } = childProcess;
  const run = promisify(execFile);
  const withOptions = (args: readonly string[]) =>
    args[0] === "--experimental-sea-config" ? [...options, ...args] : args;
  const file = require.resolve("@yao-pkg/pkg/lib-es5/sea.js");
  // It looks up `execFile` once, when it is loaded.
  delete require.cache[file];
  const replaced = { [promisify.custom]: (node: string, args: string[]) => run(node, withOptions(args)) };
  childProcess.execFile = Object.assign(() => {}, replaced) as unknown as typeof execFile;
  try {
    return (require(file) as { default: Sea }).default;
  } finally {
    childProcess.execFile = execFile;
  }
}
