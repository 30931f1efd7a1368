// npm run build [-- --target TARGET]… [--release] [--force]
import { parseArgs } from "node:util";
import { buildExecutable } from "./build/executable.ts";
import { TARGETS, type Target } from "./toolchain.mjs";

const { values } = parseArgs({
  options: {
    target: { type: "string", multiple: true },
    release: { type: "boolean", default: false },
    force: { type: "boolean", default: false },
  },
});

for (const target of values.target ?? [undefined]) {
  if (target !== undefined && !isTarget(target)) {
    console.error(`build: unknown target ${target}; known are ${TARGETS.join(", ")}`);
    process.exit(2);
  }
  await buildExecutable({ target, force: values.force, say });
}

function say(line: string): void {
  console.error(`build: ${line}`);
}

function isTarget(name: string): name is Target {
  return TARGETS.some((target) => target === name);
}
