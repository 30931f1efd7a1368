// npm run build [-- --target TARGET]… [--release] [--zig] [--force]
import { parseArgs } from "node:util";
import { buildExecutable } from "./build/executable.ts";
import { makeRelease } from "./build/release.ts";
import { TARGETS, type Target } from "./toolchain.mjs";

try {
  await main();
} catch (error) {
  // A failed tool's own words come first; a stack helps only where nobody expected an error.
  const { message, stack, stderr } = error as Error & { stderr?: string };
  say(stderr || ((error as Error).constructor === Error ? message : stack) || message);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      target: { type: "string", multiple: true },
      release: { type: "boolean", default: false },
      zig: { type: "boolean", default: false },
      force: { type: "boolean", default: false },
    },
  });
  const { force } = values;
  // Every archive has the front, and only zig compiles it for all.
  const zig = values.zig || values.release;
  const targets = values.target?.map(asTarget) ?? (values.release ? TARGETS : [undefined]);
  for (const target of targets) await buildExecutable({ target, force, zig, say });
  if (values.release)
    await makeRelease(
      targets.filter((target) => target !== undefined),
      say,
    );
}

function asTarget(name: string): Target {
  const target = TARGETS.find((known) => known === name);
  if (target === undefined) throw new Error(`unknown target ${name}; known are ${TARGETS.join(", ")}`);
  return target;
}

function say(line: string): void {
  console.error(`build: ${line}`);
}
