// npm run fuzz [-- --seed N] [--seconds S] [--runs N] [--first] [--blind] [TARGET…]: coverage-guided fuzzing of all that reads what it should not trust
import { randomInt } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { basename, resolve } from "node:path";
import { parseArgs } from "node:util";
import { type Result, supervise } from "./fuzz/supervisor.ts";
import { duration } from "./stress/report.ts";
import { root } from "./toolchain.mjs";

const TARGETS = `${root}scripts/fuzz/targets/`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: "string" },
    /** For each target. */
    seconds: { type: "string", default: "60" },
    runs: { type: "string", default: "1e15" },
    /** Learns nothing from the coverage: what chance alone would find. */
    blind: { type: "boolean", default: false },
    /** An input that takes longer will never end. */
    "hang-seconds": { type: "string", default: "20" },
    /** Ends at the first finding. */
    first: { type: "boolean", default: false },
    /** Where what is learned is kept. */
    folder: { type: "string", default: `${root}.cache/fuzz` },
  },
});
const known = readdirSync(TARGETS).map((name) => basename(name, ".ts"));
const chosen = (positionals.length === 0 ? known : positionals).map((word) => {
  const path = known.includes(word) ? `${TARGETS}${word}.ts` : resolve(word);
  return { name: basename(path, ".ts"), path };
});
for (const { name, path } of chosen) {
  if (existsSync(path)) continue;
  console.error(`fuzz: no target ${name}; there are ${known.join(", ")}, or name a file`);
  process.exit(2);
}

const seed = values.seed ?? String(randomInt(1_000_000));
console.log(`fuzz: seed ${seed}, Node ${process.version}, ${process.platform}-${process.arch}`);
console.log("\n| target | time | inputs | blocks reached | kept | findings |\n|---|---|---|---|---|---|");
let failed = 0;
let ran = 0;
let isStopped = false;
process.on("SIGINT", () => {
  isStopped = true;
});
for (const { name, path } of chosen) {
  if (isStopped) break;
  ran++;
  const result = await supervise(
    {
      ...{ name, path, seed, guided: !values.blind, first: values.first },
      ...{ seconds: Number(values.seconds), runs: Number(values.runs) },
      hangSeconds: Number(values["hang-seconds"]),
      folder: resolve(values.folder, name),
    },
    (line) => console.error(`  ${line}`),
  );
  report(name, result);
  if (result.findings.length > 0) failed++;
}
console.log(`\n${ran - failed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

function report(name: string, { runs, blocks, corpus, seconds, findings }: Result): void {
  const cells = [name, duration(seconds * 1000), runs, blocks, corpus, findings.length];
  console.log(`| ${cells.join(" | ")} |`);
  for (const { error, file } of findings) console.log(`FOUND (seed ${seed}) ${name}: ${file}\n  ${error}`);
}
