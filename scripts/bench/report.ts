import type { Crowd, Figures, Row } from "./figures.ts";
import type { Size } from "./sizes.ts";
import type { Waiting } from "./waiters.ts";

/** The results of one run of the bench. */
export interface Report {
  machine: { platform: string; processors: number; model: string; load: string; node: string };
  single: Figures;
  crowds: Crowd[];
  awsCli: Row[];
  /** What could not be measured here, with the reasons. */
  absent: string[];
  waiting: Waiting;
  sizes: Size[];
}

interface Bar {
  name: string;
  figure: number;
  limit: number;
}

/**
 * The program's promises about its speed. Each compares figures of one run, or times that do not
 * depend on the machine.
 */
export function bars({ single, crowds, waiting, sizes }: Report): Bar[] {
  const { ratios, frontOnMissMs, completionMs, hitPeakBytes } = single;
  const [hits, alone] = crowds;
  const bytes = (of: string) => sizes.find(({ name }) => name === of)?.bytes ?? Number.NaN;
  const { cpuSeconds, noticedMs, doctorSeconds } = waiting;
  return [
    { name: "hit / C: read and print", figure: ratios.hitToC, limit: 1.6 },
    { name: "bytes of memory at the peak of a hit", figure: hitPeakBytes, limit: 4 * 2 ** 20 },
    { name: "bytes of the native front", figure: bytes("native front"), limit: 100_000 },
    { name: "milliseconds that the front adds to a miss", figure: frontOnMissMs, limit: 1 },
    { name: "hit of the program alone / node -e 0", figure: ratios.hitToNode, limit: 0.8 },
    {
      name: "peak memory of a hit of the program alone / node -e 0",
      figure: ratios.hitMemoryToNode,
      limit: 1,
    },
    {
      name: "hit of the program alone, config of 20,000 lines / of 10",
      figure: ratios.longConfigToShort,
      limit: 1.03,
    },
    { name: "miss / hit of the program alone", figure: ratios.missToHit, limit: 4 },
    {
      name: "50 hits at once / their share of the processors",
      figure: hits?.ratio ?? Number.NaN,
      limit: 1.2,
    },
    {
      name: "50 hits of the program alone at once / their share of the processors",
      figure: alone?.ratio ?? Number.NaN,
      limit: 1.1,
    },
    { name: "CPU seconds of 50 waiting 10 s for a lock", figure: cpuSeconds.lock, limit: 1 },
    { name: "CPU seconds of 50 waiting 10 s for a sign-in", figure: cpuSeconds.login, limit: 1 },
    { name: "milliseconds until a waiter has the result", figure: noticedMs.median, limit: 100 },
    { name: "seconds of doctor while both services hang", figure: doctorSeconds, limit: 6 },
    { name: "milliseconds of a completion", figure: completionMs, limit: 50 },
    { name: "bytes of the entry script", figure: bytes("entry script"), limit: 20_000 },
  ];
}

export function isMet({ figure, limit }: Bar): boolean {
  return figure <= limit;
}

/** The report as Markdown tables. */
export function markdown(report: Report): string {
  const { machine, single, crowds, awsCli, waiting, sizes, absent } = report;
  const { cpuSeconds, noticedMs } = waiting;
  return [
    `${single.runs} runs each in shuffled rounds, one at a time, measured by a Python parent (posix_spawn, wait4). ${machine.platform}, ` +
      `${machine.processors} × ${machine.model}, load ${machine.load}, Node ${machine.node}. Ratios are medians of the ratios within a round.`,
    table(
      ["", "median ms", "min ms", "/ node -e 0", "peak MiB"],
      [...single.rows, ...awsCli].map(({ name, medianMs, minMs, ratio, peakBytes }) => [
        name,
        medianMs.toFixed(1),
        minMs.toFixed(1),
        ratio.toFixed(2),
        peakBytes === undefined ? "–" : (peakBytes / 2 ** 20).toFixed(1),
      ]),
    ),
    table(
      ["", "median ms", "/ single ones, shared", "portal calls"],
      crowds.map(({ name, medianMs, ratio, portalCalls }) => [
        name,
        medianMs.toFixed(0),
        ratio.toFixed(2),
        portalCalls === undefined ? "–" : portalCalls.toFixed(1),
      ]),
    ),
    `${waiting.waiters} processes that wait ${waiting.seconds} s take ${cpuSeconds.lock.toFixed(2)} s of CPU together ` +
      `(for a lock), ${cpuSeconds.login.toFixed(2)} s (for a sign-in).`,
    `From the result's being written to the end of the process that waited for it: median ${noticedMs.median.toFixed(0)} ms, most ${noticedMs.max.toFixed(0)} ms.`,
    table(
      ["", "bytes"],
      sizes.map(({ name, bytes }) => [name, bytes.toLocaleString("en-US")]),
    ),
    table(
      ["bar", "figure", "limit", ""],
      bars(report).map((bar) => [
        bar.name,
        shown(bar.figure),
        `≤ ${shown(bar.limit)}`,
        isMet(bar) ? "met" : "MISSED",
      ]),
    ),
    ...absent.map((line) => `Not measured: ${line}.`),
  ].join("\n\n");
}

function shown(value: number): string {
  return value >= 1000 ? value.toLocaleString("en-US") : String(Math.round(value * 1000) / 1000);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => (row[column] ?? "").length)),
  );
  const drawn = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join(" | ")} |`;
  const rule = `|${widths.map((width, column) => (column === 0 ? "-".repeat(width + 2) : `${"-".repeat(width + 1)}:`)).join("|")}|`;
  return [drawn(head), rule, ...rows.map(drawn)].join("\n");
}
