import { listed } from "../config/session.ts";
import { SsoCredError } from "../errors.ts";
import type { Account } from "../model.ts";
import { type Assignment, isSelectedAccount, isSelectedRole, type Selection } from "./assignment.ts";
import type { Assigned, Inventory, Refusal } from "./inventory.ts";

interface RefusalReport {
  /** Is told, in one line, which accounts the portal refuses to list. */
  say(line: string): void;
  /** Name the session in the remedy. */
  readonly logoutArguments: string;
}

/** The roles that the filters leave, of the accounts that they leave. Throws as `listableRoles`. */
export async function selectedRoles(
  list: Inventory,
  selection: Selection,
  report: RefusalReport,
): Promise<Assignment[]> {
  const accounts = (await list.accounts()).filter((account) => isSelectedAccount(selection, account));
  const listed = await listableRoles(list, accounts, report);
  return listed.filter(({ roleName }) => isSelectedRole(selection, roleName));
}

/**
 * The roles of these accounts. `say` is told, in one line, which accounts the portal refuses to
 * list.
 *
 * @throws SsoCredError("access-denied") if it refuses all of them; `logoutArguments` name the
 * session in the remedy.
 */
export async function listableRoles(
  list: Inventory,
  accounts: readonly Account[],
  { say, logoutArguments }: RefusalReport,
): Promise<Assignment[]> {
  const { assignments, refusals } = await list.assignments(accounts);
  const [first] = refusals;
  if (first === undefined) return assignments;
  const which = `${namedAccounts(refusals)}, whose roles the portal does not list (${first.reason})`;
  if (refusals.length < accounts.length) say(`Left out: ${which}.`);
  else throw nothingListed(first, accounts.length, logoutArguments);
  return assignments;
}

/** `account 1`; `the accounts 1, 2 and 3 more`. */
export function namedAccounts(refusals: Assigned["refusals"]): string {
  const ids = refusals.map(({ accountId }) => accountId);
  if (ids.length === 1) return `account ${ids[0]}`;
  return `the accounts ${listed(ids)}`;
}

function nothingListed({ accountId, reason }: Refusal, count: number, logoutArguments: string): SsoCredError {
  const what =
    count === 1
      ? `does not list the roles of account ${accountId}`
      : `lists the roles of none of the ${count} accounts`;
  return new SsoCredError("access-denied", `the portal ${what} (${reason}); signed in as somebody else?`, {
    remedy: { run: `sso-cred logout ${logoutArguments}` },
  });
}
