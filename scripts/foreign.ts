// npm run foreign [-- windows] [-- arm64] [-- WORD…]: the executables for other systems, run by Wine and qemu-user
import { parseArgs } from "node:util";
import { buildExecutable } from "./build/executable.ts";
import { openArm64 } from "./foreign/arm64.ts";
import type { Machine, Missing } from "./foreign/machine.ts";
import { type Case, play, type Totals } from "./foreign/report.ts";
import { story } from "./foreign/story.ts";
import { openWindows } from "./foreign/windows.ts";
import { windowsCases } from "./foreign/windowsCases.ts";
import { duration } from "./stress/report.ts";
import type { Target } from "./toolchain.mjs";

const MACHINES = ["windows", "arm64"];
/** Longer than a full run on a slow machine. */
const DEADLINE_MS = 40 * 60_000;

const { positionals } = parseArgs({ allowPositionals: true });
const wanted = positionals.filter((word) => MACHINES.includes(word));
const words = positionals.filter((word) => !MACHINES.includes(word)).map((word) => word.toLowerCase());

const began = performance.now();
const totals: Totals = { passed: 0, failed: 0, skipped: 0 };
await on("windows", "win-x64", openWindows, [...story, ...windowsCases]);
await on("arm64", "linux-arm64", openArm64, story);
console.log(`\n${duration(performance.now() - began)}`);
console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
process.exit(totals.failed === 0 ? 0 : 1);

/** Plays the cases that were asked for on a machine, with the executable for it, where the machine can be had. */
async function on<M extends Machine>(
  name: string,
  target: Target,
  open: (build: () => Promise<string>) => Promise<M | Missing>,
  cases: readonly Case<M>[],
): Promise<void> {
  if (wanted.length > 0 && !wanted.includes(name)) return;
  const chosen = cases.filter(
    ({ title }) => words.length === 0 || words.some((word) => title.toLowerCase().includes(word)),
  );
  const say = (line: string) => console.error(`build: ${line}`);
  const machine = await open(() => buildExecutable({ target, say }));
  if ("missing" in machine) {
    totals.skipped += chosen.length;
    console.log(`SKIPPED ${name}, ${chosen.length} cases: ${machine.missing}`);
    return;
  }
  console.log(`\n${machine.title}`);
  const end = (why: string, code: number) => {
    console.log(why);
    void machine.close().finally(() => process.exit(code));
  };
  const interrupted = () => end("interrupted", 130);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, interrupted);
  const deadline = setTimeout(() => end(`FAIL ${name}: not finished in time`, 1), DEADLINE_MS);
  try {
    await play(chosen, machine, totals, console.log);
  } finally {
    clearTimeout(deadline);
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.removeListener(signal, interrupted);
    await machine.close();
  }
}
