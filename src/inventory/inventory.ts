import { SsoCredError } from "../errors.ts";
import { ServiceError } from "../identityCenter/identityCenter.ts";
import type { AccountsPage, RolesPage } from "../identityCenter/parseResponse.ts";
import { type Account, isAccountId } from "../model.ts";
import type { System } from "../platform/system.ts";
import { printable } from "../text/printable.ts";
import type { InventoryMemory } from "./inventoryFile.ts";
import { rateLimiter } from "./rateLimiter.ts";

/** The portal's two list operations, for one token. One request a call, without retries. */
export interface Portal {
  listAccounts(nextToken?: string): Promise<AccountsPage>;
  listAccountRoles(accountId: string, nextToken?: string): Promise<RolesPage>;
}

export interface Progress {
  /** Accounts whose roles are known. */
  readonly done: number;
  readonly total: number;
  readonly secondsLeft: number;
}

export type Inventory = ReturnType<typeof inventory>;

/** An account whose roles the portal does not list. */
export interface UnlistedAccount {
  readonly accountId: string;
  /** The portal's message, printable. */
  readonly reason: string;
}

/** Concurrent requests; more would only wait for the rate limit. */
const IN_FLIGHT = 30;
/** A page has a hundred items; no organisation has this many accounts or roles. */
const MOST_PAGES = 500;
/** Of everything listed, as JSON; enough for a million roles. */
const MOST_CHARACTERS = 64 * 1024 * 1024;

/**
 * Returns a function that reads the items of every page of a list. It throws `unavailable` if the
 * portal repeats a page token, sends too many pages, or too much text.
 */
function pageReader({ ask }: ReturnType<typeof rateLimiter>) {
  let characters = 0;
  return async <Page extends { nextToken?: string }, Item>(
    pageAt: (nextToken?: string) => Promise<Page>,
    itemsOf: (page: Page) => readonly Item[],
  ): Promise<Item[]> => {
    const items: Item[] = [];
    const places = new Set<string>();
    for (let next: string | undefined; ; places.add(next)) {
      const page = await ask(() => pageAt(next));
      characters += JSON.stringify(itemsOf(page)).length;
      next = page.nextToken;
      const isEndless = next !== undefined && (places.has(next) || places.size + 1 >= MOST_PAGES);
      if (isEndless || characters > MOST_CHARACTERS) {
        throw new SsoCredError("unavailable", "the portal's list has no end");
      }
      items.push(...itemsOf(page));
      if (next === undefined) return items;
    }
  };
}

/**
 * Lists at the rate that the portal allows, whatever is requested at once. Results are remembered
 * as they come, so an interrupted listing can be continued.
 */
export function inventory(
  portal: Portal,
  system: Pick<System, "now" | "sleep" | "trace">,
  memory: InventoryMemory,
  onProgress: (progress: Progress) => void = () => {},
) {
  const limiter = rateLimiter(system);
  const everyPage = pageReader(limiter);
  /** Not remembered for another run: access may have been granted by then. */
  const unlisted = new Map<string, UnlistedAccount>();

  async function learnRoles(accountId: string): Promise<void> {
    try {
      const roles = await everyPage(
        (token) => portal.listAccountRoles(accountId, token),
        (page) => page.roles,
      );
      memory.learnRoles(accountId, [...new Set(roles)].sort());
    } catch (error) {
      // A rejected token is rejected for all accounts.
      if (!(error instanceof ServiceError) || error.needsSignIn) throw error;
      unlisted.set(accountId, { accountId, reason: printable(error.message, 160) });
    }
  }

  return {
    /** Sorted as in the AWS CLI's menu. */
    async accounts(): Promise<Account[]> {
      const known = memory.accounts();
      if (known !== undefined) return [...known];
      const listed = await everyPage(
        (token) => portal.listAccounts(token),
        (page) => page.accounts,
      );
      // A list that changes between two pages repeats an account.
      const byId = new Map(listed.map((account) => [account.accountId, account]));
      // The id becomes part of requests and command lines.
      const accounts = [...byId.values()].filter(({ accountId }) => isAccountId(accountId));
      accounts.sort(compareAccounts);
      memory.learnAccounts(accounts);
      return accounts;
    },

    /** Sorted by account, then role; and the accounts whose roles the portal refuses to list. */
    async assignments(accounts: readonly Account[]) {
      const startedAt = system.now();
      const isOpen = (id: string) => memory.roles(id) === undefined && !unlisted.has(id);
      const waiting = accounts.filter(({ accountId }) => isOpen(accountId));
      // All workers share it. A failure in one closes it, which stops the others.
      const queue = (function* () {
        yield* waiting;
      })();
      let done = 0;
      const tell = () => {
        const left = waiting.length - done;
        const perSecond = done < 20 ? limiter.rate() : (done * 1000) / Math.max(1, system.now() - startedAt);
        const total = accounts.length;
        onProgress({ done: total - left, total, secondsLeft: Math.ceil(left / perSecond) });
      };
      const work = async () => {
        for (const { accountId } of queue) {
          await learnRoles(accountId);
          done++;
          tell();
        }
      };
      if (waiting.length > 0) tell();
      const ended = await Promise.allSettled(Array.from({ length: IN_FLIGHT }, work));
      const failed = ended.find((each) => each.status === "rejected");
      if (failed !== undefined) throw failed.reason;
      return {
        assignments: accounts.flatMap((account) =>
          (memory.roles(account.accountId) ?? []).map((roleName) => ({ ...account, roleName })),
        ),
        /** In the order of the accounts; usually empty. */
        unlisted: accounts.flatMap(({ accountId }) => unlisted.get(accountId) ?? []),
      };
    },
  };
}

/** The AWS CLI's order: by the lower-case name, then by e-mail address. */
function compareAccounts(a: Account, b: Account): number {
  const keys = ({ accountName, emailAddress, accountId }: Account) => [
    accountName.toLowerCase(),
    emailAddress.toLowerCase(),
    accountId,
  ];
  const [left, right] = [keys(a), keys(b)];
  const at = left.findIndex((key, index) => key !== right[index]);
  return at < 0 ? 0 : (left[at] as string) < (right[at] as string) ? -1 : 1;
}
