// npm run build [-- --target TARGET]… [--zig] [--force]
import { parseArgs } from "node:util";
import { buildExecutable } from "./build/executable.ts";
import { asTarget } from "./toolchain.mjs";

try {
  await main();
} catch (error) {
  // A failed tool prints its own message; only an unexpected error needs a stack.
  const { message, stack, stderr } = error as Error & { stderr?: string };
  say(stderr || ((error as Error).constructor === Error ? message : stack) || message);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      target: { type: "string", multiple: true },
      zig: { type: "boolean", default: false },
      force: { type: "boolean", default: false },
    },
  });
  const { force, zig } = values;
  for (const target of values.target?.map(asTarget) ?? [undefined])
    await buildExecutable({ target, force, zig, say });
}

function say(line: string): void {
  console.error(`build: ${line}`);
}
