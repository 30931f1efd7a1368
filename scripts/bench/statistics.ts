import type { Run } from "./stopwatch.ts";

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
