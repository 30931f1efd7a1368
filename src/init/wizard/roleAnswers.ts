import { deniedToPerson } from "../../config/describeSession.ts";
import { listed, sessionArgument } from "../../config/session.ts";
import type { SsoCredError } from "../../errors.ts";
import type { Inventory } from "../../inventory/inventory.ts";
import { listableRoles } from "../../inventory/selectedRoles.ts";
import type { Account, Assignment } from "../../model.ts";
import { columnsOf, cutMiddle, cutTo } from "../../text/columns.ts";
import { printable } from "../../text/printable.ts";
import type { CommandFlags } from "../../usage/commandTable.ts";
import type { Choice } from "./prompts.ts";
import { type Asking, choose } from "./questions.ts";

type RoleFlags = Pick<CommandFlags<"init">, "account-id" | "role-name">;

/**
 * Chooses accounts and roles: by flags, the only one there is, or from the menus.
 * @throws SsoCredError("access-denied") if nothing is assigned, or nothing that the flags ask for.
 */
export async function askRoles(list: Inventory, session: string, flags: RoleFlags, asking: Asking) {
  const accounts = await askAccounts(await list.accounts(), session, flags, asking);
  const logoutArguments = sessionArgument(session);
  const assigned = await listableRoles(list, accounts, { say: asking.say, logoutArguments });
  const roles = await askRoleNames(assigned, accounts, session, flags, asking);
  const chosen = assigned.filter((assignment) => roles.includes(assignment.roleName));
  const left = accounts.filter(({ accountId }) => !chosen.some((role) => role.accountId === accountId));
  const ids = listed(left.map((account) => account.accountId));
  if (left.length > 0) asking.say(`No profile for ${ids}: you have none of these roles there`);
  return chosen;
}

async function askAccounts(
  accounts: readonly Account[],
  session: string,
  { "account-id": accountId }: RoleFlags,
  asking: Asking,
): Promise<Account[]> {
  if (accounts.length === 0) throw noAccounts(session);
  if (accountId !== undefined) {
    const found = accounts.find((account) => account.accountId === accountId);
    if (found !== undefined) return [found];
    const count = `the ${accounts.length} accounts that are available to you`;
    throw denied(session, `account ${accountId} is not among ${count}`);
  }
  const choices = accounts.map((account) => ({
    label: (columns: number) => accountLabel(account, columns),
    value: account.accountId,
  }));
  const chosen = await onlyOrChosen("AWS account", choices, "--account-id", asking);
  asking.say(`Using the account ID ${chosen.join(", ")}`);
  return accounts.filter((account) => chosen.includes(account.accountId));
}

/** Never cuts the id, which tells similar accounts apart, and cuts the address first. */
function accountLabel({ accountId, accountName, emailAddress }: Account, columns: number): string {
  const id = ` (${accountId})`;
  const known = [accountName, emailAddress].map((text) => printable(text, 100)).filter((text) => text !== "");
  const [name = ""] = known;
  const room = columns - id.length;
  const spare = room - columnsOf(name);
  return (spare < LEAST_ADDRESS ? cutMiddle(name, room) : cutTo(known.join(", "), room)) + id;
}

/** Columns below which an address, with the comma before it, says nothing. */
const LEAST_ADDRESS = 6;

async function askRoleNames(
  assigned: readonly Assignment[],
  accounts: readonly Account[],
  session: string,
  { "role-name": roleName }: RoleFlags,
  asking: Asking,
): Promise<string[]> {
  const roles = [...new Set(assigned.map((assignment) => assignment.roleName))].sort();
  const where =
    accounts.length === 1 ? `account ${accounts[0]?.accountId}` : `these ${accounts.length} accounts`;
  if (roles.length === 0) throw denied(session, `no role is available to you in ${where}`);
  if (roleName !== undefined) {
    if (roles.includes(roleName)) return [roleName];
    const names = roles.slice(0, 10).map((role) => printable(role, 64));
    const what = `the role '${printable(roleName, 64)}' is not available to you in ${where}`;
    throw denied(session, `${what}; assigned: ${names.join(", ")}`);
  }
  const choices = roles.map((role) => ({
    label: (columns: number) => roleLabel(role, assigned, accounts.length, columns),
    value: role,
  }));
  const chosen = await onlyOrChosen("role", choices, "--role-name", asking);
  asking.say(`Using the role name ${chosen.map((role) => `"${printable(role, 64)}"`).join(", ")}`);
  return chosen;
}

/** The values of the choices that a person makes, or of the only one there is. */
async function onlyOrChosen(what: string, choices: readonly Choice[], flag: string, asking: Asking) {
  const [only, ...others] = choices;
  if (only !== undefined && others.length === 0) {
    asking.say(`The only ${what} available to you is: ${printable(only.value, 64)}`);
    return [only.value];
  }
  const message = `There are ${choices.length} ${what}s available to you.`;
  return await choose({ message, choices }, flag, asking);
}

/** With several accounts the label tells how many of them have the role. */
function roleLabel(role: string, assigned: readonly Assignment[], accountCount: number, columns: number) {
  const count = assigned.filter(({ roleName }) => roleName === role).length;
  const where = accountCount === 1 ? "" : `, ${count} of ${accountCount} accounts`;
  return cutMiddle(printable(role, 100), columns - where.length) + where;
}

/** The error for a person without any assignment, in the AWS CLI's words. */
export function noAccounts(session: string): SsoCredError {
  return denied(session, "No AWS accounts are available to you");
}

function denied(session: string, message: string): SsoCredError {
  return deniedToPerson(message, sessionArgument(session));
}
