import { bars, isMet, type Report } from "./bars.ts";

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
