// The process that runs one target. The parent kills it when an input never ends; the input is in a file by then.
import { ftruncateSync, openSync, writeSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { seeded } from "../stress/random.ts";
import { root } from "../toolchain.mjs";
import { watchCoverage } from "./coverage.ts";
import { type Figures, fuzz } from "./engine.ts";
import { inputText, keepInput, keptInputs } from "./inputFile.ts";
import type { FuzzTarget } from "./target.ts";

/** What the parent says, as the one argument. */
export interface Task {
  readonly name: string;
  /** The target's module. */
  readonly path: string;
  readonly seed: string;
  readonly seconds: number;
  readonly runs: number;
  readonly guided: boolean;
  /** Ends at the first finding. */
  readonly first: boolean;
  /** Where corpus and findings are kept. */
  readonly folder: string;
  /** This process' stdout. */
  readonly stdout: string;
  /** The input under way. */
  readonly current: string;
}

export interface Progress {
  readonly runs: number;
  readonly blocks: number;
  readonly corpus: number;
  readonly seconds: number;
  /** Of findings, only once it is over. */
  readonly findings?: readonly { error: string; file: string }[];
}

const PROGRESS_MS = 15_000;

const task: Task = JSON.parse(process.argv[2] ?? "");
const { target }: { target: FuzzTarget } = await import(pathToFileURL(task.path).href);
const places = (target.covers ?? ["src/"]).map((place) => pathToFileURL(root + place).href);
const current = openSync(task.current, "w");
const began = performance.now();
const seconds = () => (performance.now() - began) / 1000;
let toldMs = 0;
let isStopped = false;
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, () => {
    isStopped = true;
  });
}

const done = await fuzz({
  target,
  coverage: watchCoverage((url) => places.some((place) => url.startsWith(place))),
  random: seeded(task.seed, task.name),
  kept: keptInputs(`${task.folder}/corpus`),
  guided: task.guided,
  open: async () => target.open({ stdout: task.stdout }),
  onRun(input) {
    const bytes = Buffer.from(inputText(input));
    ftruncateSync(current, writeSync(current, bytes, 0, bytes.length, 0));
  },
  onNew: (input) => void keepInput(`${task.folder}/corpus`, input),
  async isOver(figures) {
    if (seconds() * 1000 - toldMs > PROGRESS_MS) {
      toldMs = seconds() * 1000;
      process.send?.(progress(figures));
    }
    // Signals, and what the target leaves to the event loop, have their turn.
    await new Promise((resolve) => setImmediate(resolve));
    if (isStopped || (task.first && figures.findings.length > 0)) return true;
    return figures.runs >= task.runs || seconds() >= task.seconds;
  },
});
const findings = done.findings.map(({ error, input }) => ({
  error,
  file: keepInput(`${task.folder}/findings`, input),
}));
process.send?.({ ...progress(done), findings }, () => process.exit(0));

function progress({ runs, blocks, corpus }: Figures): Progress {
  return { runs, blocks, corpus, seconds: seconds() };
}
