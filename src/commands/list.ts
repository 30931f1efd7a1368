import { isatty } from "node:tty";
import { parseArgs } from "node:util";
import { readConfigFiles } from "../init/plan/configFiles.ts";
import { profilesByRole, readCurrentConfig, roleKey } from "../init/plan/currentConfig.ts";
import {
  type Assignment,
  isSelectedAccount,
  isSelectedRole,
  type Selection,
} from "../inventory/assignment.ts";
import type { Inventory } from "../inventory/inventory.ts";
import { listableRoles } from "../inventory/refusedAccounts.ts";
import { assignmentTable, type Row } from "../inventory/table.ts";
import type { System } from "../platform/system.ts";
import { sessionTitle } from "../signIn/sessionTitle.ts";
import { printableJson } from "../text/printableJson.ts";
import { withInventory } from "./openPortal.ts";
import { personAtTerminal, progressLine } from "./person.ts";
import { chosenSession, sessionOptions } from "./sessionArguments.ts";

export const listOptions = {
  ...sessionOptions,
  accounts: { type: "string", multiple: true },
  roles: { type: "string", multiple: true },
  refresh: { type: "boolean" },
  json: { type: "boolean" },
  "use-device-code": { type: "boolean" },
  "no-browser": { type: "boolean" },
} as const;

/** `sso-cred list`: every account and role that is assigned to the signed-in person, and the profiles that use it. */
export async function list(args: readonly string[], system: System): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: listOptions,
    allowPositionals: true,
  });
  const session = await chosenSession(values, positionals, system);
  const signIn = {
    isAttended: (await personAtTerminal(system)) !== undefined,
    useDeviceCode: values["use-device-code"] ?? false,
    browser: !values["no-browser"],
  };
  const selection = { accounts: values.accounts ?? [], roles: values.roles ?? [] };
  const listing = { progress: progressLine(system), isFresh: values.refresh ?? false };
  const telling = {
    say: (line: string) => system.writeStderr(`${line}\n`),
    logoutArguments: session.loginArguments,
  };
  const found = await withInventory(session, signIn, listing, system, (inventory) =>
    select(inventory, selection, telling),
  );

  const having = session.name === null ? new Map<string, string[]>() : profilesOf(session.name, system);
  const rows = found.map((assignment) => ({
    ...assignment,
    profiles: having.get(roleKey(assignment)) ?? [],
  }));
  if (rows.length === 0 && !values.json) {
    const which = values.accounts || values.roles ? " that matches what was asked for" : "";
    telling.say(`No account and role is assigned to you in '${sessionTitle(session)}'${which}.`);
    return 0;
  }
  system.writeStdout(
    values.json ? printableJson(rows.map(asData)) : assignmentTable(rows, terminalColumns()),
  );
  return 0;
}

/** The same selection as in `init`. */
async function select(
  inventory: Inventory,
  selection: Selection,
  telling: Parameters<typeof listableRoles>[2],
): Promise<Assignment[]> {
  const accounts = (await inventory.accounts()).filter((account) => isSelectedAccount(selection, account));
  const listed = await listableRoles(inventory, accounts, telling);
  return listed.filter(({ roleName }) => isSelectedRole(selection, roleName));
}

function profilesOf(session: string, system: System): ReadonlyMap<string, string[]> {
  return profilesByRole(readCurrentConfig(readConfigFiles(system).configText), session);
}

/** Names are printed unabridged, as the portal sent them. */
function asData({ accountId, accountName, emailAddress, roleName, profiles }: Row) {
  return { accountId, accountName, emailAddress, roleName, profiles };
}

/** Rows are cut only on a terminal; a pipe gets everything. */
function terminalColumns(): number | undefined {
  return isatty(1) ? process.stdout.columns || 80 : undefined;
}
