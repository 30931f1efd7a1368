import { join } from "node:path";
import { listFolder, removeIfPossible } from "../cache/folder.ts";
import { isTextList } from "../cache/jsonFile.ts";
import { readStateFile, tokenKey, writeStateFile } from "../cache/stateFile.ts";
import { stateDirectory } from "../hit/paths.ts";
import { sha1 } from "../hit/sha1.ts";
import type { Account, SessionIdentity } from "../model.ts";
import { bestEffort } from "../platform/attempt.ts";
import type { Environment, System } from "../platform/system.ts";

/** How long a listing serves later runs. */
const LIFE_MS = 10 * 60_000;
const SAVE_EVERY_MS = 1_000;

export type InventoryMemory = ReturnType<typeof inventoryFile>;

/**
 * The results of one session's listing in `~/.aws/sso-cred/`, complete or interrupted. They belong
 * to one access token (identified by a hash), so a sign-in as somebody else starts empty. `isFresh`
 * ignores the results of earlier runs; `isWanted` is asked before each write.
 */
export function inventoryFile(
  session: SessionIdentity,
  accessToken: string,
  system: Pick<System, "env" | "platform" | "now" | "trace">,
  { isFresh, isWanted }: { isFresh?: boolean; isWanted?: () => boolean } = {},
) {
  const path = inventoryPath(session, system);
  const owner = sha1(`inventory of ${accessToken}`);
  const found = isFresh ? undefined : readStateFile(path);
  const age = typeof found?.at === "number" ? system.now() - found.at : -1;
  const isMine = found?.owner === owner && age >= 0 && age < LIFE_MS;
  const at = isMine ? system.now() - age : system.now();
  const roles = isMine ? readRoles(found.roles) : new Map<string, readonly string[]>();
  let accounts = isMine ? readAccounts(found.accounts) : undefined;
  let savedAt = system.now();
  let isSaved = true;

  /** Writes the results that are not written yet. Best effort. */
  function save(): void {
    // Nothing is assigned yet, so the next call asks again.
    if (isSaved || accounts?.length === 0) return;
    savedAt = system.now();
    isSaved = true;
    const state = { at, owner, accounts: accounts ?? null, roles: Object.fromEntries(roles) };
    bestEffort("the listing could not be kept", system, () => writeStateFile(path, state, isWanted));
  }

  function learned(): void {
    isSaved = false;
    if (system.now() - savedAt >= SAVE_EVERY_MS) save();
  }

  return {
    /** Milliseconds since an earlier run began the listing; undefined where this run begins it. */
    ageMs: accounts === undefined ? undefined : age,
    accounts: () => accounts,
    roles: (accountId: string) => roles.get(accountId),
    learnAccounts(list: readonly Account[]) {
      accounts = [...list];
      learned();
    },
    learnRoles(accountId: string, list: readonly string[]) {
      roles.set(accountId, list);
      learned();
    },
    save,
    /** Removes the results: the next listing starts anew. */
    forget() {
      isSaved = true;
      removeIfPossible(path);
    },
  };
}

/** Removes the results of listings, which name accounts and e-mail addresses. Best effort. */
export function removeInventory(which: SessionIdentity | "all", system: Environment): void {
  const folder = stateDirectory(system);
  const all = listFolder(folder).filter((name) => /^inventory-\w+\.json$/.test(name));
  const paths = which === "all" ? all.map((name) => join(folder, name)) : [inventoryPath(which, system)];
  for (const path of paths) removeIfPossible(path);
}

function inventoryPath(session: SessionIdentity, system: Environment): string {
  return join(stateDirectory(system), `inventory-${tokenKey(session)}.json`);
}

function readAccounts(value: unknown): Account[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const isAccount = (each: Partial<Account> | null): each is Account =>
    typeof each?.accountId === "string" &&
    typeof each.accountName === "string" &&
    typeof each.emailAddress === "string";
  return value.every(isAccount) ? value : undefined;
}

function readRoles(value: unknown): Map<string, readonly string[]> {
  const entries = typeof value === "object" && value !== null ? Object.entries(value) : [];
  return new Map(entries.filter((entry): entry is [string, string[]] => isTextList(entry[1])));
}
