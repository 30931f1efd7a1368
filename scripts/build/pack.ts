import { createRequire } from "node:module";
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
  const { default: sea } = require("@yao-pkg/pkg/lib-es5/sea.js") as { default: Sea };
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
      // The blob is written by a Node without our V8 flags, so its cache would be rejected; the entry is small.
      useCodeCache: false,
      assets,
      execArgv,
      execArgvExtension: "none",
    },
  });
}
