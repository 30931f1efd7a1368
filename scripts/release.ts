// npm run release [-- --target TARGET]… [--assemble]: everything that is published, in
// dist/release/
import { execFileSync } from "node:child_process";
import { parseArgs } from "node:util";
import { buildExecutable } from "./build/executable.ts";
import { hasFront } from "./build/front.ts";
import { assembleRelease, releaseTarget } from "./release/release.ts";
import { asTarget, root, TARGETS } from "./toolchain.mjs";

const { values } = parseArgs({
  options: { target: { type: "string", multiple: true }, assemble: { type: "boolean", default: false } },
});

try {
  const targets = (values.target ?? TARGETS).map(asTarget);
  if (!values.assemble) {
    for (const target of targets) {
      await buildExecutable({ target, zig: hasFront(target), say });
      await releaseTarget(target, releaseTime(), say);
    }
  }
  // Where single targets are built on their own machines, sums and manifests are made once, over
  // all of them.
  if (values.assemble || values.target === undefined) await assembleRelease(releaseTime(), say);
} catch (error) {
  say((error as Error).stack ?? String(error));
  process.exitCode = 1;
}

/** Epoch seconds of all archived files: SOURCE_DATE_EPOCH, else the last commit's, else 1980. */
function releaseTime(): number {
  const given = process.env.SOURCE_DATE_EPOCH;
  if (given) return Number(given);
  try {
    return Number(execFileSync("git", ["log", "-1", "--format=%ct"], { cwd: root, encoding: "utf8" }));
  } catch {
    return 315_532_800;
  }
}

function say(line: string): void {
  console.error(`release: ${line}`);
}
