import { sessionTitle } from "../config/describeSession.ts";
import { profilesByRole, readConfigFiles, roleKey } from "../init/plan/planInput.ts";
import { promptsAtTerminal } from "../init/wizard/promptsAtTerminal.ts";
import { selectedRoles } from "../inventory/selectedRoles.ts";
import type { Assignment } from "../model.ts";
import { prose, terminalColumns } from "../platform/output.ts";
import type { System } from "../platform/system.ts";
import { columnsOf, cutMiddle, pad } from "../text/columns.ts";
import { printable, printableJson } from "../text/printable.ts";
import { parseFlags } from "../usage/commandTable.ts";
import { withInventory } from "./openPortal.ts";
import { chosenSession } from "./sessionArguments.ts";

/** `sso-cred list`: the accounts and roles of the signed-in person, and their profiles. */
export async function list(args: readonly string[], system: System): Promise<number> {
  const { values, positionals } = parseFlags(args, "list");
  const session = await chosenSession(values, positionals, system);
  const isAttended = (await promptsAtTerminal(system)) !== undefined;
  const listing = { isAttended, flags: values, isFresh: values.refresh ?? false };
  const say = (line: string) => system.writeStderr(prose(2, `${line}\n`));
  const report = { say, logoutArguments: session.loginArguments };
  const found = await withInventory(session, listing, system, (inventory) =>
    selectedRoles(inventory, values, report),
  );

  const { name } = session;
  const byRole = name === null ? undefined : profilesByRole(readConfigFiles(system), name);
  // Names are printed in full, as the portal sent them.
  const rows = found.map(({ accountId, accountName, emailAddress, roleName }) => {
    const profiles = byRole?.get(roleKey({ accountId, roleName }))?.map((profile) => profile.name) ?? [];
    return { accountId, accountName, emailAddress, roleName, profiles };
  });
  if (rows.length === 0 && !values.json) {
    const which = values.accounts || values.roles ? " that matches the request" : "";
    say(`No account and role is assigned to you in '${sessionTitle(session)}'${which}.`);
    return 0;
  }
  system.writeStdout(values.json ? printableJson(rows) : assignmentTable(rows, terminalColumns(1)));
  return 0;
}

interface Row extends Assignment {
  readonly profiles: readonly string[];
}

const GAP = "  ";
const TITLES = ["Account", "ID", "Role", "Profile"];
/** A column is not cut below this width. */
const NARROWEST = 8;

/** One line for each role. A `width` (of a terminal) cuts the widest columns to fit it. */
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
    row.map((cell, column) => pad(cutMiddle(cell, widths[column] ?? 0), widths[column] ?? 0)).join(GAP);
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
