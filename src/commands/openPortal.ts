import { isatty } from "node:tty";
import { readRoleCredentials } from "../cache/roleCredentialsCache.ts";
import { readToken } from "../cache/tokenCache.ts";
import { deniedToPerson, missingScope, sessionTitle } from "../config/describeSession.ts";
import { obtainRoleCredentials } from "../credentials/obtainRoleCredentials.ts";
import { obtainToken } from "../credentials/obtainToken.ts";
import { isKind, type SsoCredError } from "../errors.ts";
import { isFresh } from "../hit/expiry.ts";
import { RETRY_MS } from "../http/withRetries.ts";
import { type IdentityCenter, identityCenter, ServiceError } from "../identityCenter/identityCenter.ts";
import { type Inventory, inventory, type Portal, type Progress } from "../inventory/inventory.ts";
import { inventoryFile } from "../inventory/inventoryFile.ts";
import type { Account, SessionRole, SsoSession, SsoToken } from "../model.ts";
import { prose } from "../platform/output.ts";
import type { System } from "../platform/system.ts";
import { recordRefusedToken } from "../signIn/backoff.ts";
import { cannotAsk, chooseGrant } from "../signIn/chooseGrant.ts";
import { cutTo } from "../text/columns.ts";
import { printable } from "../text/printable.ts";
import { duration } from "../text/relativeTime.ts";
import { type SignInFlags, signInAnew } from "./login.ts";

/** How to sign in, if that is needed. */
interface SignIn {
  /** A person is at the terminal, so `CI` and `never` do not count. */
  readonly isAttended: boolean;
  readonly flags: SignInFlags;
  /** What a command that signs in has to begin with: see `writeSessionFirst`. */
  readonly before?: string;
}

interface Listing extends SignIn {
  /** True to ask for everything anew. */
  readonly isFresh: boolean;
}

const DEADLINE_MS = 60_000;

/**
 * Calls `work` with the inventory of the signed-in person. Signs in first if needed, and once more
 * if the portal rejects the token. A listing of the last minutes is used again, complete or
 * interrupted, and its age is shown. If `work` ends with "access-denied" because of it, everything
 * is listed anew.
 *
 * Throws as `obtainToken` and `signInAnew`; `login-required` where nobody can be asked;
 * `access-denied` if the portal rejects the request, `login-failed` if it rejects a new token.
 */
export async function withInventory<T>(
  session: SsoSession,
  listing: Listing,
  system: System,
  work: (list: Inventory) => Promise<T>,
): Promise<T> {
  const api = identityCenter(session, system);
  const progress = progressLine(system);
  const refused: string[] = [];
  for (let hasSignedIn = false, isDoubted = listing.isFresh; ; ) {
    const { token, isNew } = await tokenFor(session, listing, refused, api, system);
    const { accessToken } = token;
    hasSignedIn ||= isNew;
    // A logout removes the listing, too.
    const isWanted = () => readToken(session, system)?.accessToken === accessToken;
    const memory = inventoryFile(session, accessToken, system, { isFresh: isDoubted, isWanted });
    if (memory.ageMs !== undefined) {
      const when = memory.ageMs < 60_000 ? "just now" : `${duration(memory.ageMs)} ago`;
      system.writeStderr(prose(2, `Accounts and roles as listed ${when}; --refresh asks again.\n`));
    }
    const options = { signal: system.interrupted };
    const portal: Portal = {
      listAccounts: (next) => api.listAccounts(accessToken, next, options),
      listAccountRoles: (id, next) => api.listAccountRoles(accessToken, id, next, options),
    };
    const list = inventory(portal, system, memory, progress.show);
    const assignments = (accounts: readonly Account[]) => list.assignments(accounts).finally(progress.clear);
    try {
      const result = await work({ ...list, assignments });
      memory.save();
      return result;
    } catch (error) {
      const isDenied = error instanceof ServiceError || isKind(error, "access-denied");
      if (isDenied) memory.forget();
      else memory.save();
      if (isKind(error, "access-denied") && memory.ageMs !== undefined) {
        isDoubted = true;
        continue;
      }
      if (!(error instanceof ServiceError)) throw error;
      if (!error.needsSignIn) throw accessDeniedByService(session, error);
      if (refused.push(accessToken) > 1 && hasSignedIn)
        throw recordRefusedToken(session, accessToken, system);
    }
  }
}

/**
 * Signs in if needed. `refused` are the tokens that the portal has rejected: the first one is
 * refreshed, and after the second a person is asked. `isNew` is true after a sign-in.
 */
async function tokenFor(
  session: SsoSession,
  { isAttended, flags, before }: SignIn,
  refused: readonly string[],
  api: IdentityCenter,
  system: System,
): Promise<{ token: SsoToken; isNew: boolean }> {
  const deadline = system.now() + DEADLINE_MS;
  const request = { deadline, retryUntil: system.now() + RETRY_MS, api, refused: refused[0] };
  const token = refused.length > 1 ? undefined : await obtainToken(session, request, system);
  if (token !== undefined) return { token, isNew: false };
  const choice = chooseGrant(session, system);
  if (choice.grant === "never" && !isAttended) throw cannotAsk(session, choice.why, system);
  const signedIn = await signInAnew(session, system, flags, before);
  if (signedIn.isShown) system.writeStderr("Signed in.\n");
  return { token: signedIn.token, isNew: true };
}

function accessDeniedByService(session: SsoSession, error: ServiceError): SsoCredError {
  const message = `the portal of '${sessionTitle(session)}' does not list accounts and roles (${printable(error.message, 160)})`;
  const scope = missingScope(session);
  const reasons = scope === undefined ? message : `${message}; ${scope}`;
  return deniedToPerson(reasons, session.loginArguments, error);
}

/**
 * Role credentials for a command that a person runs. At a terminal, signs in first if needed, as
 * `login` does. Elsewhere behaves like the main job and throws the same errors.
 */
export async function credentialsForPerson(role: SessionRole, flags: SignInFlags, system: System) {
  const cached = readRoleCredentials(role, system);
  if (cached && isFresh(cached.expiration, system.now())) return cached;
  // Nothing is read from stdin, so it may be a pipe.
  if (isatty(2) && system.terminal() !== undefined) {
    const { session } = role;
    const signIn = { isAttended: true, flags };
    await tokenFor(session, signIn, [], identityCenter(session, system), system).catch((error: unknown) => {
      // The cached credentials may still be usable.
      if (!isKind(error, "unavailable")) throw error;
    });
  }
  return obtainRoleCredentials(role, system.now() + DEADLINE_MS, system);
}

/** A progress line that overwrites itself, where stderr is a terminal. */
function progressLine(system: System) {
  const isShown = isatty(2) && system.env.TERM !== "dumb";
  let shownAt = Number.NEGATIVE_INFINITY;
  let width = 0;
  const write = (text: string) => system.writeStderr(`\r${text.padEnd(width)}${text === "" ? "\r" : ""}`);
  return {
    show({ done, total, secondsLeft }: Progress) {
      if (!isShown || total < 2 || (system.now() - shownAt < 200 && done < total)) return;
      shownAt = system.now();
      const columns = (process.stderr.columns || 80) - 1;
      const text = cutTo(`Listing roles: ${done} of ${total} accounts, ${secondsLeft} s left`, columns);
      write(text);
      width = text.length;
    },
    clear() {
      if (width > 0) write("");
      width = 0;
    },
  };
}
