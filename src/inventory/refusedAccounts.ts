import { deniedToPerson } from "../config/describeSession.ts";
import { listed } from "../config/session.ts";
import type { Account } from "../model.ts";
import { type Assignment, isSelectedAccount, isSelectedRole, type Selection } from "./assignment.ts";
import type { Inventory, Refusal } from "./inventory.ts";

interface RefusalReport {
  /** Receives one line that names the accounts that the portal refuses to list. */
  say(line: string): void;
  /** The arguments of `sso-cred logout` for the session. */
  readonly logoutArguments: string;
}

/** The roles that the filters leave, of the accounts that they leave. Throws as `listableRoles`. */
export async function selectedRoles(list: Inventory, selection: Selection, report: RefusalReport) {
  const accounts = (await list.accounts()).filter((account) => isSelectedAccount(selection, account));
  const roles = await listableRoles(list, accounts, report);
  return roles.filter(({ roleName }) => isSelectedRole(selection, roleName));
}

/** The roles of these accounts. Throws `access-denied` if the portal lists none of them. */
export async function listableRoles(
  list: Inventory,
  accounts: readonly Account[],
  { say, logoutArguments }: RefusalReport,
): Promise<Assignment[]> {
  const { assignments, refusals } = await list.assignments(accounts);
  const [first] = refusals;
  if (first === undefined) return assignments;
  const which = `${namedAccounts(refusals)}, whose roles the portal does not list (${first.reason})`;
  if (refusals.length >= accounts.length) {
    const what =
      accounts.length === 1
        ? `does not list the roles of account ${first.accountId}`
        : `does not list the roles of any of the ${accounts.length} accounts`;
    throw deniedToPerson(`the portal ${what} (${first.reason})`, logoutArguments);
  }
  say(`Left out: ${which}.`);
  return assignments;
}

/** `account 1`; `the accounts 1, 2 and 3 more`. */
export function namedAccounts(refusals: readonly Refusal[]): string {
  const ids = refusals.map(({ accountId }) => accountId);
  return ids.length === 1 ? `account ${ids[0]}` : `the accounts ${listed(ids)}`;
}
