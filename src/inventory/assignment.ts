import type { Account } from "../model.ts";

/** One role of one account, as the portal lists it. Names may hold any characters. */
export interface Assignment extends Account {
  readonly roleName: string;
}

/** The filters `--accounts`, `--roles`, `--account-id` and `--role-name`. */
export interface Selection {
  readonly accounts?: readonly string[] | undefined;
  readonly roles?: readonly string[] | undefined;
  readonly accountId?: string | undefined;
  readonly roleName?: string | undefined;
}

export function isSelectedAccount({ accounts = [], accountId }: Selection, account: Account): boolean {
  if (accountId !== undefined && account.accountId !== accountId) return false;
  return matchesAny(accounts, [account.accountId, account.accountName]);
}

export function isSelectedRole({ roles = [], roleName }: Selection, name: string): boolean {
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
