import type { Account } from "../model.ts";
import { matchesAny } from "./globs.ts";

/** One role of one account, as the portal lists it; names are data and may hold anything. */
export interface Assignment extends Account {
  readonly roleName: string;
}

/** What `--accounts`, `--roles`, `--account-id` and `--role-name` let through. */
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

/** As the AWS CLI sorts its menu: by the name's lower-case form, then by address. */
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
