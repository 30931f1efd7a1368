import { obtainToken } from "../credentials/obtainToken.ts";
import { isKind, SsoCredError } from "../errors.ts";
import { type IdentityCenter, identityCenter, ServiceError } from "../identityCenter/identityCenter.ts";
import { type Inventory, inventory, type Portal } from "../inventory/inventory.ts";
import { inventoryFile, shortMemory } from "../inventory/inventoryFile.ts";
import type { Account, SsoSession, SsoToken } from "../model.ts";
import type { System } from "../platform/system.ts";
import { chooseGrant } from "../signIn/chooseGrant.ts";
import { sessionTitle } from "../signIn/sessionTitle.ts";
import { printable } from "../text/printable.ts";
import { signInAnew } from "./login.ts";
import type { ProgressLine } from "./person.ts";

/** How to sign in, if that is needed. */
export interface SignIn {
  /** A person is at the terminal, so `CI` and `never` do not count. */
  readonly isAttended: boolean;
  readonly useDeviceCode: boolean;
  readonly browser: boolean;
}

/** How a listing shows its progress, and whether it is remembered. */
export interface Listing {
  readonly progress: ProgressLine;
  /** False for a dry run: it neither continues an interrupted listing nor leaves one. */
  readonly isRemembered: boolean;
}

const RETRY_MS = 10_000;
const DEADLINE_MS = 60_000;

/**
 * Calls `work` with the inventory of the signed-in person. Signs in first if needed, and once more if the portal
 * rejects the token. An interrupted listing is continued, so nothing is listed twice.
 *
 * Throws as `obtainToken` and `signInAnew`; `login-required` where nobody can be asked; `access-denied` if the portal
 * rejects the request.
 */
export async function withInventory<T>(
  session: SsoSession,
  signIn: SignIn,
  { progress, isRemembered }: Listing,
  system: System,
  work: (list: Inventory) => Promise<T>,
): Promise<T> {
  let opened: Promise<IdentityCenter> | undefined;
  const api = () => (opened ??= identityCenter(session, system));
  try {
    for (let refused: string | undefined; ; ) {
      const token = await tokenFor(session, signIn, refused, api, system);
      const memory = isRemembered ? inventoryFile(session, token.accessToken, system) : shortMemory();
      const list = inventory(portalOf(await api(), token, system), system, memory, progress.show);
      const assignments = (accounts: readonly Account[]) =>
        list.assignments(accounts).finally(progress.clear);
      try {
        const result = await work({ ...list, assignments });
        memory.forget();
        return result;
      } catch (error) {
        if (!endedMidway(error)) memory.forget();
        if (!(error instanceof ServiceError)) throw error;
        if (!error.needsSignIn || refused !== undefined) throw accessDeniedByService(session, error);
        refused = token.accessToken;
      }
    }
  } finally {
    await opened?.then((client) => client.close()).catch(() => {});
  }
}

/** True if a run was interrupted: only then is its partial listing worth keeping. */
function endedMidway(error: unknown): boolean {
  return !(error instanceof SsoCredError) || isKind(error, "unavailable");
}

/**
 * A token of the signed-in person, after a sign-in if one is needed. `refused` is a token that the portal has
 * rejected.
 */
export async function tokenFor(
  session: SsoSession,
  { isAttended, useDeviceCode, browser }: SignIn,
  refused: string | undefined,
  api: () => Promise<IdentityCenter>,
  system: System,
): Promise<SsoToken> {
  const deadline = system.now() + DEADLINE_MS;
  const request = {
    deadline,
    retryUntil: system.now() + RETRY_MS,
    api,
    ...(refused === undefined ? {} : { refused }),
  };
  const token = await obtainToken(session, request, system);
  if (token !== undefined) return token;
  const choice = chooseGrant(session, system);
  if (choice.grant === "never" && !isAttended) {
    const message = `nobody is signed in to '${sessionTitle(session)}', and ${choice.why}`;
    throw new SsoCredError("login-required", message, {
      remedy: { run: `sso-cred login ${session.loginArguments}` },
    });
  }
  return signInAnew(session, system, { useDeviceCode, browser });
}

function portalOf(api: IdentityCenter, { accessToken }: SsoToken, { interrupted: signal }: System): Portal {
  return {
    listAccounts: (nextToken) => api.listAccounts(accessToken, nextToken, { signal }),
    listAccountRoles: (accountId, nextToken) =>
      api.listAccountRoles(accessToken, accountId, nextToken, { signal }),
  };
}

function accessDeniedByService(session: SsoSession, error: ServiceError): SsoCredError {
  const message = `the portal of '${sessionTitle(session)}' does not list accounts and roles (${printable(error.message, 160)}); signed in as somebody else?`;
  return new SsoCredError("access-denied", message, {
    remedy: { run: `sso-cred logout ${session.loginArguments}` },
    cause: error,
  });
}
