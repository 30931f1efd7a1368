import type { Account } from "../model.ts";
import { matchesAny } from "./globs.ts";

/** One role of one account, as the portal lists it. Names may hold any characters. */
export interface Assignment extends Account {
  readonly roleName: string;
}

/** The filters `--accounts`, `--roles`, `--account-id` and `--role-name`. */
export interface Selection {
  readonly accounts: readonly string[];
  readonly roles: readonly string[];
  readonly accountId?: string | undefined;
  readonly roleName?: string | undefined;
}

export function isSelectedAccount({ accounts, accountId }: Selection, account: Account): boolean {
  if (accountId !== undefined && account.accountId !== accountId) return false;
  return matchesAny(accounts, [account.accountId, account.accountName]);
}

export function isSelectedRole({ roles, roleName }: Selection, name: string): boolean {
  return (roleName === undefined || name === roleName) && matchesAny(roles, [name]);
}

/** The AWS CLI's order: by the lower-case name, then by e-mail address. */
export function compareAccounts(a: Account, b: Account): number {
  const keys = ({ accountName, emailAddress, accountId }: Account) => [
    accountName.toLowerCase(),
    emailAddress.toLowerCase(),
    accountId,
  ];
  const [left, right] = [keys(a), keys(b)];
  const at = left.findIndex((key, index) => key !== right[index]);
  return at < 0 ? 0 : (left[at] as string) < (right[at] as string) ? -1 : 1;
}
