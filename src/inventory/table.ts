import { columnsOf, cutTo, pad } from "../text/columns.ts";
import { printable } from "../text/printable.ts";
import type { Assignment } from "./assignment.ts";

export interface Row extends Assignment {
  readonly profiles: readonly string[];
}

const GAP = "  ";
const TITLES = ["Account", "ID", "Role", "Profile"];
/** A column is not cut below this width. */
const NARROWEST = 8;

/** One line for each role. If `width` is given, cuts the widest columns to fit it. */
export function assignmentTable(rows: readonly Row[], width: number | undefined): string {
  const cells = [
    TITLES,
    ...rows.map(({ accountId, accountName, roleName, profiles }) => [
      printable(accountName, 200),
      accountId,
      printable(roleName, 200),
      profiles.map((name) => printable(name, 200)).join(", "),
    ]),
  ];
  const natural = TITLES.map((_, column) => Math.max(...cells.map((row) => columnsOf(row[column] ?? ""))));
  const widths = width === undefined ? natural : narrowed(natural, width - GAP.length * (TITLES.length - 1));
  const line = (row: readonly string[]) =>
    row.map((cell, column) => pad(cutTo(cell, widths[column] ?? 0), widths[column] ?? 0)).join(GAP);
  return cells.map((row) => `${line(row).trimEnd()}\n`).join("");
}

/** The account's id, 12 digits, is never cut: other commands need it. */
function narrowed(natural: readonly number[], room: number): number[] {
  const widths = [...natural];
  const total = () => widths.reduce((sum, each) => sum + each, 0);
  while (total() > room) {
    const cuttable = widths.map((each, column) => (column === 1 ? 0 : each));
    const widest = Math.max(...cuttable);
    if (widest <= NARROWEST) break;
    widths[cuttable.indexOf(widest)] = widest - 1;
  }
  return widths;
}
