import { SsoCredError } from "../../errors.ts";
import { identityCenter, ServiceError } from "../../identityCenter/identityCenter.ts";
import type { SsoSession } from "../../model.ts";
import type { System } from "../../platform/system.ts";
import type { ProfileRole } from "../facts.ts";
import { LIMITS } from "./endpoints.ts";

/** The portal allows 20 requests a second; further accounts are not checked. */
const MOST_ACCOUNTS = 15;

/**
 * The roles that the portal does not list for this token; undefined if it could not be asked.
 * Without a role, asks for one page of accounts, which tells whether the token is accepted.
 */
export async function gatherAssignments(
  session: SsoSession,
  accessToken: string,
  roles: readonly ProfileRole[],
  system: System,
): Promise<ProfileRole[] | "token refused" | undefined> {
  const accounts = [...new Set(roles.map(({ accountId }) => accountId))].slice(0, MOST_ACCOUNTS);
  const api = identityCenter(session, system, LIMITS);
  try {
    if (accounts.length === 0) await api.listAccounts(accessToken, undefined, { signal: system.interrupted });
    const assigned = new Map(
      await Promise.all(accounts.map(async (accountId) => [accountId, await rolesIn(accountId)] as const)),
    );
    return roles.filter(({ accountId, roleName }) => assigned.get(accountId)?.includes(roleName) === false);
  } catch (error) {
    if (error instanceof ServiceError && error.needsSignIn) return "token refused";
    // The portal is out of reach, which another finding reports.
    if (error instanceof SsoCredError || error instanceof ServiceError) return undefined;
    throw error;
  }

  async function rolesIn(accountId: string): Promise<string[] | undefined> {
    const found: string[] = [];
    try {
      for (let next: string | undefined; ; ) {
        const page = await api.listAccountRoles(accessToken, accountId, next, { signal: system.interrupted });
        found.push(...page.roles);
        next = page.nextToken;
        if (next === undefined) return found;
        if (found.length > 1_000) return undefined;
      }
    } catch (error) {
      // Not one of this person's accounts.
      if (error instanceof ServiceError && !error.needsSignIn) return [];
      throw error;
    }
  }
}
