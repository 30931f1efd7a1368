import type { Random } from "./random.ts";

export type Figures = Record<string, string | number>;

/** One promise put to the test: what was measured, and how it was broken, if it was. */
export interface Row {
  name: string;
  figures: Figures;
  broken: string[];
}

export interface Report {
  readonly rows: readonly Row[];
  /** Collects the faults of one row: `expect(condition, "what is wrong when it does not hold")`. */
  row(name: string, check: (expect: Expect) => Promise<Figures> | Figures): Promise<void>;
  /** A line under the table: what was left out, and why. */
  note(line: string): void;
  readonly notes: readonly string[];
}

export type Expect = (holds: boolean, otherwise: string) => void;

export interface Suite {
  readonly name: string;
  /** The heading of its table. */
  readonly title: string;
  run(context: SuiteContext): Promise<void>;
}

export interface SuiteContext {
  readonly report: Report;
  readonly random: Random;
  readonly short: boolean;
  readonly seed: string;
}

/** Most faults named for one row; the number of the others is said. */
const MOST_NAMED = 12;

export function newReport(progress: (line: string) => void): Report {
  const rows: Row[] = [];
  const notes: string[] = [];
  return {
    rows,
    notes,
    note: (line) => void notes.push(line),
    async row(name, check) {
      const broken: string[] = [];
      let figures: Figures = {};
      try {
        figures = await check((holds, otherwise) => {
          if (!holds) broken.push(otherwise);
        });
      } catch (error) {
        broken.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
      }
      rows.push({ name, figures, broken });
      progress(`${broken.length === 0 ? "ok  " : "FAIL"} ${name}`);
    },
  };
}

/** A Markdown table, readable as it stands in a terminal. */
export function table(rows: readonly Row[]): string {
  const names = [...new Set(rows.flatMap(({ figures }) => Object.keys(figures)))];
  const cells = [
    ["case", ...names, "kept"],
    ...rows.map(({ name, figures, broken }) => [
      name,
      ...names.map((figure) => String(figures[figure] ?? "")),
      broken.length === 0 ? "yes" : "NO",
    ]),
  ];
  const widths = cells[0]?.map((_, column) => Math.max(3, ...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths?.[column] ?? 0)).join(" | ")} |`;
  const [head = [], ...body] = cells;
  return [
    line(head),
    line(head.map((_, column) => "-".repeat(widths?.[column] ?? 3))),
    ...body.map(line),
  ].join("\n");
}

export function faults(rows: readonly Row[], seed?: string): string[] {
  const lead = seed === undefined ? "BROKEN" : `BROKEN (seed ${seed})`;
  return rows.flatMap(({ name, broken }) => [
    ...broken.slice(0, MOST_NAMED).map((fault) => `${lead} ${name}: ${fault}`),
    ...(broken.length > MOST_NAMED ? [`  … and ${broken.length - MOST_NAMED} more of ${name}`] : []),
  ]);
}

/** `12 ms`, `3.4 s`. */
export function duration(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}
