import { withLockIfFree } from "../../cache/lock.ts";
import { prepareReplacement } from "../../cache/replaceFile.ts";
import { removeRoleCredentials } from "../../cache/roleCredentialsCache.ts";
import { sessionLockPath } from "../../cache/stateFile.ts";
import { readToken, recordTokenOrigin, tokenFileText, tokenPath } from "../../cache/tokenCache.ts";
import { loadReadableConfig } from "../../config/configFile.ts";
import { sessionTitle } from "../../config/describeSession.ts";
import { rolePairs } from "../../config/profile.ts";
import { SsoCredError } from "../../errors.ts";
import { USABLE_MS } from "../../hit/expiry.ts";
import type { ClientRegistration, SsoSession, TokenGrant } from "../../model.ts";
import { bestEffort } from "../../platform/attempt.ts";
import type { Environment, System } from "../../platform/system.ts";
import { removeFormerRoles } from "../formerRoles.ts";
import { isCurrent, type PendingLogin } from "../pendingLogin.ts";

/** A refresh may hold the session's lock for this long. */
const LOCK_WAIT_MS = 15_000;
/** Several times the size of a token file. */
const RESERVED_BYTES = 16_384;

/**
 * Reserves disk space for the session's token, so that a full or read-only disk is noticed before a
 * person is asked, and one that fills up later does not lose the token. `work` frees it just before
 * the token is written. Throws the system's error, with the token file as its `path`.
 */
export async function withReservedSpace(
  session: SsoSession,
  system: Environment,
  work: (free: () => void) => Promise<void>,
): Promise<void> {
  const replacement = prepareReplacement(tokenPath(session, system), { reserveBytes: RESERVED_BYTES });
  try {
    await work(() => replacement.abandon());
  } finally {
    replacement.abandon();
  }
}

/**
 * Writes the token of a new sign-in, unless a logout came first. Throws `login-failed` for a token
 * too short-lived to be used.
 */
export async function storeToken(
  login: PendingLogin,
  client: ClientRegistration,
  grant: TokenGrant,
  system: System,
): Promise<void> {
  const { session } = login;
  if (grant.expiresIn * 1000 < USABLE_MS) {
    const message = `the service's new token for '${sessionTitle(session)}' is valid for only ${grant.expiresIn} s, which is too short to use`;
    throw new SsoCredError("login-failed", message);
  }
  const isWanted = () => isCurrent(login, system);
  const token = {
    accessToken: grant.accessToken,
    expiresAt: system.now() + grant.expiresIn * 1000,
    clientId: client.clientId,
    clientSecret: client.clientSecret,
    registrationExpiresAt: client.expiresAt,
    ...(grant.refreshToken ? { refreshToken: grant.refreshToken } : {}),
  };
  function write(): void {
    const writtenAt = Date.now();
    const text = tokenFileText(session, token, readToken(session, system)?.file);
    const isWritten = isWanted() && prepareReplacement(tokenPath(session, system)).commit(text, isWanted);
    if (!isWritten) throw new SsoCredError("cancelled", "signed out before the answer came");
    recordTokenOrigin(session, token.accessToken, system);
    removeRolesOfBefore(session, writtenAt, system);
  }
  const writes = tokenPath(session, system);
  const wait = { timeoutMs: LOCK_WAIT_MS, purpose: "a refresh of the same session", writes };
  // A new sign-in must not be lost, even if another process holds the lock.
  await withLockIfFree(system, sessionLockPath("token", session, system), wait, write);
}

/** Somebody else may have signed in, so remove the role credentials of the previous sign-in. */
function removeRolesOfBefore(session: SsoSession, before: number, system: System): void {
  bestEffort("role credentials of the sign-in before could not be removed", system, () => {
    const pairs = rolePairs(loadReadableConfig(system).config, session);
    removeRoleCredentials({ session, pairs }, system, before);
    removeFormerRoles(system);
  });
}
