import { deniedToPerson } from "../config/describeSession.ts";
import { listed } from "../config/session.ts";
import type { Account, Assignment } from "../model.ts";
import type { Inventory, UnlistedAccount } from "./inventory.ts";

/** The filters `--accounts`, `--roles`, `--account-id` and `--role-name`. */
interface Selection {
  readonly accounts?: readonly string[] | undefined;
  readonly roles?: readonly string[] | undefined;
  readonly accountId?: string | undefined;
  readonly roleName?: string | undefined;
}

interface Report {
  /** Receives one line that names the accounts that the portal refuses to list. */
  say(line: string): void;
  /** The arguments of `sso-cred logout` for the session. */
  readonly logoutArguments: string;
}

/** The roles that the filters leave, of the accounts that they leave. Throws as `listableRoles`. */
export async function selectedRoles(list: Inventory, selection: Selection, report: Report) {
  const { accounts: names = [], roles: roleNames = [], accountId, roleName } = selection;
  const accounts = (await list.accounts()).filter(
    (account) =>
      (accountId === undefined || account.accountId === accountId) &&
      matchesAny(names, [account.accountId, account.accountName]),
  );
  const roles = await listableRoles(list, accounts, report);
  return roles.filter(
    (role) =>
      (roleName === undefined || role.roleName === roleName) && matchesAny(roleNames, [role.roleName]),
  );
}

/** The roles of these accounts. Throws `access-denied` if the portal lists none of them. */
export async function listableRoles(
  list: Inventory,
  accounts: readonly Account[],
  { say, logoutArguments }: Report,
): Promise<Assignment[]> {
  const { assignments, unlisted } = await list.assignments(accounts);
  const [first] = unlisted;
  if (first === undefined) return assignments;
  const which = `${namedAccounts(unlisted)}, whose roles the portal does not list (${first.reason})`;
  if (unlisted.length >= accounts.length) {
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
export function namedAccounts(unlisted: readonly UnlistedAccount[]): string {
  const ids = unlisted.map(({ accountId }) => accountId);
  return ids.length === 1 ? `account ${ids[0]}` : `the accounts ${listed(ids)}`;
}

/**
 * True if a pattern matches the whole text: `*` is any run of characters, `?` any one character,
 * all others are literal. A `*` restarts at most once for each character, so no pattern takes
 * exponential time.
 */
export function matchesGlob(pattern: string, text: string): boolean {
  let p = 0;
  let t = 0;
  let star = -1;
  let resume = 0;
  while (t < text.length) {
    if (pattern[p] === "*") {
      star = p++;
      resume = t;
    } else if (p < pattern.length && (pattern[p] === "?" || pattern[p] === text[t])) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++resume;
    } else return false;
  }
  while (pattern[p] === "*") p++;
  return p === pattern.length;
}

/** One name matches a pattern (or all are exclusions), and none an exclusion (`!pattern`). */
export function matchesAny(patterns: readonly string[], names: readonly string[]): boolean {
  const matches = (pattern: string) => names.some((name) => matchesGlob(pattern, name));
  const wanted = patterns.filter((pattern) => !pattern.startsWith("!"));
  const unwanted = patterns.filter((pattern) => pattern.startsWith("!")).map((pattern) => pattern.slice(1));
  return (wanted.length === 0 || wanted.some(matches)) && !unwanted.some(matches);
}
