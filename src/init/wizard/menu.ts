import { columnsOf } from "../../text/columns.ts";

/** Columns for the marks before a choice, and two to spare. */
export const MARKS = 8;
/** A label width at which nothing is cut. */
const UNCUT = 1000;

/** The active row before the person has moved to one. */
export const NOWHERE = -1;

interface Labelled {
  label(columns: number): string;
}

const HELP = "up/down move, tab tick, enter accept, esc cancel";
const HELP_WITHOUT_TICKS = "up/down move, enter accept, esc cancel";
const SHORTER_HELPS = ["enter accept, esc cancel", "enter, esc"];

/** The help row below a menu, after its counts. Shorter on a narrow terminal. */
export function helpRow(counts: string, isSingle: boolean): string {
  const columns = process.stderr.columns || 80;
  const rows = [isSingle ? HELP_WITHOUT_TICKS : HELP, ...SHORTER_HELPS].map((help) => counts + help);
  return rows.find((row) => columnsOf(row) < columns) ?? counts;
}

/** The room for a choice's label, and for the list between message, help and search line. */
export function roomFor(message: string): { columns: number; rows: number } {
  // Terminals that do not know their size report 0.
  const width = process.stderr.columns || 80;
  const height = process.stderr.rows || 24;
  const help = helpRow("9999 of 9999; 9999 ticked (9999 hidden, ctrl-t shows); ", false);
  const others = [...message.split("\n"), "search", help].map((line) => Math.ceil(columnsOf(line) / width));
  const spare = 2;
  return {
    columns: Math.max(1, width - MARKS),
    rows: Math.max(3, height - spare - others.reduce((sum, each) => sum + each, 0)),
  };
}

/** True if the search text is in the full label, also in the part that is cut off. */
export function isFound({ label }: Labelled, query: string): boolean {
  return label(UNCUT).toLowerCase().includes(query.toLowerCase());
}

/** True if a search text that ends in a space still finds a choice. Else the space ticks. */
export function goesOn(choices: readonly Labelled[], line: string): boolean {
  return line.trim() !== "" && choices.some((choice) => isFound(choice, line));
}

/** How far a key moves; undefined for a key that does not. */
export function stepOf({ name }: { name: string }, page: number): number | undefined {
  const steps: Record<string, number> = {
    up: -1,
    down: 1,
    pageup: -page,
    pagedown: page,
    home: Number.NEGATIVE_INFINITY,
    end: Number.POSITIVE_INFINITY,
  };
  return steps[name];
}

/** The completions of an answer, in one row of fewer than `columns`. */
export function offers(answer: string, completions: readonly string[] = [], columns = 80): string {
  const found = answer === "" ? [] : startingWith(answer, completions);
  if (found.length === 0 || found.includes(answer)) return "";
  for (let count = found.length; count > 0; count--) {
    const row = `tab: ${found.slice(0, count).join(" ")}${count < found.length ? " …" : ""}`;
    if (columnsOf(row) < columns) return row;
  }
  return "";
}

/** The answer with everything that its completions have in common. */
export function completed(answer: string, completions: readonly string[] = []): string {
  const [first, ...others] = startingWith(answer, completions);
  if (answer === "" || first === undefined) return answer;
  let end = first.length;
  while (!others.every((other) => other.startsWith(first.slice(0, end)))) end--;
  return first.slice(0, end);
}

function startingWith(answer: string, completions: readonly string[]): string[] {
  return completions.filter((each) => each.startsWith(answer.toLowerCase()));
}
