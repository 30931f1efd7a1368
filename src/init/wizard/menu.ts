import { columnsOf } from "../../text/columns.ts";

/** Columns for the marks before a choice, and two to spare. */
export const MARKS = 8;
/** A label width at which nothing is cut. */
const UNCUT = 1000;

const HELP = "up/down move, tab tick, enter accept, esc cancel";
const SHORT_HELP = "enter accept, esc cancel";
const HELP_WITHOUT_TICKS = "up/down move, enter accept, esc cancel";

/** The help row below a menu, after its counts. Shorter where the terminal is too narrow for all of it. */
export function helpRow(counts: string, isSingle: boolean): string {
  const row = `${counts}${isSingle ? HELP_WITHOUT_TICKS : HELP}`;
  return columnsOf(row) < (process.stderr.columns || 80) ? row : `${counts}${SHORT_HELP}`;
}

/** Columns for a choice's label, and rows for the list between the message above it and the help and search lines below. */
export function roomFor(message: string): { columns: number; rows: number } {
  // Terminals that do not know their size report 0.
  const width = process.stderr.columns || 80;
  const height = process.stderr.rows || 24;
  const help = helpRow("9999 of 9999; 9999 ticked (9999 hidden); ", false);
  const others = [...message.split("\n"), "search", help].map((line) => Math.ceil(columnsOf(line) / width));
  const spare = 2;
  return {
    columns: Math.max(1, width - MARKS),
    rows: Math.max(3, height - spare - others.reduce((sum, each) => sum + each, 0)),
  };
}

/** True if the search text is in the full label of a choice, not only in the part that fits the terminal. */
export function isFound({ label }: { label(columns: number): string }, query: string): boolean {
  return label(UNCUT).toLowerCase().includes(query.toLowerCase());
}
