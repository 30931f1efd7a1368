import { spawn, spawnSync } from "node:child_process";
import { copyFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

export interface Command {
  /** The full path of the program, then its arguments. */
  argv: readonly string[];
  env: Readonly<Record<string, string>>;
  /** The number of processes at once; absent: one. */
  parallel?: number;
  /** Files to remove, and files to copy (from, to), before each run. */
  remove?: readonly string[];
  copy?: readonly (readonly [string, string])[];
}

/** One run of a command with all its processes. */
export interface Run {
  /** From the first start to the last end. */
  ms: number;
  /** User and system time together; absent without Python. */
  cpuMs?: number;
  /** The largest process; absent without Python, or if it is smaller than Python itself. */
  peakBytes?: number;
  codes: number[];
  /** When each process ended, epoch milliseconds. */
  endedAt: number[];
}

const python = spawnSync("python3", ["--version"]).status === 0 && process.platform !== "win32";

/** Describes how the runs are measured. */
export const STOPWATCH = python
  ? "a Python parent (posix_spawn, wait4)"
  : "a Node parent; there is no python3, so neither peak memory nor CPU time";

/**
 * Runs each command once a round, in random order, after some rounds that are not counted. Returns
 * the runs of each command. Asynchronous, so that servers in this process can respond.
 */
export async function timed(commands: readonly Command[], rounds: number, warmUps = 2): Promise<Run[][]> {
  const results = python
    ? await withPython({ commands, rounds, warmUps })
    : await withNode(commands, rounds, warmUps);
  results.forEach((runs, index) => {
    const failed = runs.flatMap(({ codes }) => codes).find((code) => code !== 0);
    if (failed !== undefined) throw new Error(`${commands[index]?.argv.join(" ")}: exit code ${failed}`);
  });
  return results;
}

function withPython(task: object): Promise<Run[][]> {
  const script = fileURLToPath(new URL("stopwatch.py", import.meta.url));
  return new Promise((resolve, reject) => {
    const child = spawn("python3", [script], { stdio: ["pipe", "pipe", "inherit"] });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    child.once("error", reject);
    child.once("close", (code) =>
      code === 0 ? resolve(JSON.parse(output)) : reject(new Error(`stopwatch.py: exit code ${code}`)),
    );
    child.stdin.end(JSON.stringify(task));
  });
}

async function withNode(commands: readonly Command[], rounds: number, warmUps: number): Promise<Run[][]> {
  const results: Run[][] = commands.map(() => []);
  const order = [...commands.keys()];
  for (let round = -warmUps; round < rounds; round++) {
    for (const index of shuffled(order)) {
      const run = await runOnce(commands[index] as Command);
      if (round >= 0) results[index]?.push(run);
    }
  }
  return results;
}

async function runOnce({ argv, env, parallel = 1, remove = [], copy = [] }: Command): Promise<Run> {
  for (const path of remove) rmSync(path, { force: true });
  for (const [from, to] of copy) copyFileSync(from, to);
  const [file = "", ...args] = argv;
  const began = performance.now();
  const ends = Array.from(
    { length: parallel },
    () =>
      new Promise<{ code: number; at: number }>((resolve, reject) => {
        const child = spawn(file, args, { env, stdio: ["ignore", "pipe", "ignore"] });
        child.stdout.resume();
        child.once("error", reject);
        child.once("exit", (code) => resolve({ code: code ?? -1, at: Date.now() }));
      }),
  );
  const ended = await Promise.all(ends);
  return {
    ms: performance.now() - began,
    codes: ended.map(({ code }) => code),
    endedAt: ended.map(({ at }) => at),
  };
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, key: Math.random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}
