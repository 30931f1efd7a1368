import { spawn } from "node:child_process";
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
  /** User and system time together. */
  cpuMs: number;
  /** The largest process; absent if it is smaller than Python itself. */
  peakBytes?: number;
  codes: number[];
  /** When each process ended, epoch milliseconds. */
  endedAt: number[];
}

/**
 * Runs each command once a round, in random order, after some rounds that are not counted. Returns
 * the runs of each command. Asynchronous, so that servers in this process can respond.
 */
export async function timed(commands: readonly Command[], rounds: number, warmUps = 2): Promise<Run[][]> {
  const results = await stopwatch({ commands, rounds, warmUps });
  results.forEach((runs, index) => {
    const failed = runs.flatMap(({ codes }) => codes).find((code) => code !== 0);
    if (failed !== undefined) throw new Error(`${commands[index]?.argv.join(" ")}: exit code ${failed}`);
  });
  return results;
}

function stopwatch(task: object): Promise<Run[][]> {
  const script = fileURLToPath(new URL("stopwatch.py", import.meta.url));
  return new Promise((resolve, reject) => {
    const child = spawn("python3", [script], { stdio: ["pipe", "pipe", "inherit"] });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    child.once("error", (error) => reject(new Error(`the bench needs python3: ${error.message}`)));
    child.once("close", (code) =>
      code === 0 ? resolve(JSON.parse(output)) : reject(new Error(`stopwatch.py: exit code ${code}`)),
    );
    child.stdin.end(JSON.stringify(task));
  });
}

export interface Summary {
  medianMs: number;
  minMs: number;
  peakBytes: number | undefined;
}

export function summary(runs: readonly Run[]): Summary {
  const peaks = runs.flatMap(({ peakBytes }) => peakBytes ?? []);
  return {
    medianMs: median(runs.map(({ ms }) => ms)),
    minMs: Math.min(...runs.map(({ ms }) => ms)),
    peakBytes: peaks.length > 0 ? median(peaks) : undefined,
  };
}

/** The median of the ratios of each round: a slow moment of the machine affects both sides. */
export function pairedRatio(runs: readonly Run[], base: readonly Run[]): number {
  return median(runs.map(({ ms }, round) => ms / (base[round]?.ms ?? Number.NaN)));
}

/** The median of the differences within each round, in milliseconds. */
export function pairedDifference(runs: readonly Run[], base: readonly Run[]): number {
  return median(runs.map(({ ms }, round) => ms - (base[round]?.ms ?? Number.NaN)));
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}
