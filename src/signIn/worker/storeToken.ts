import { withLock } from "../../cache/lock.ts";
import { prepareReplacement } from "../../cache/replaceFile.ts";
import { sessionLockPath } from "../../cache/statePaths.ts";
import { readToken, tokenFileText, tokenPath } from "../../cache/tokenCache.ts";
import { isKind, SsoCredError } from "../../errors.ts";
import type { ClientRegistration, TokenGrant } from "../../model.ts";
import type { System } from "../../platform/system.ts";
import { type PendingLogin, readPendingLogin } from "../pendingLogin.ts";

/** No longer than a refresh may hold the session's lock. */
const PATIENCE_MS = 15_000;

/** Writes the token of a new sign-in, unless a logout came first. */
export async function storeToken(
  login: PendingLogin,
  client: ClientRegistration,
  grant: TokenGrant,
  system: System,
): Promise<void> {
  const { session } = login;
  const isWanted = () => readPendingLogin(session, system)?.id === login.id;
  const token = {
    accessToken: grant.accessToken,
    expiresAt: system.now() + grant.expiresIn * 1000,
    clientId: client.clientId,
    clientSecret: client.clientSecret,
    registrationExpiresAt: client.expiresAt,
    ...(grant.refreshToken ? { refreshToken: grant.refreshToken } : {}),
  };
  function write(): void {
    const text = tokenFileText(session, token, readToken(session, system)?.file);
    const isWritten = isWanted() && prepareReplacement(tokenPath(session, system)).commit(text, isWanted);
    if (!isWritten) throw new SsoCredError("cancelled", "signed out before the answer came");
  }
  const wait = { deadline: system.now() + PATIENCE_MS, purpose: "a refresh of the same session" };
  try {
    await withLock(system, sessionLockPath("token", session, system), wait, async () => write());
  } catch (error) {
    // Whoever holds the lock looks at the file before writing; a fresh sign-in must not be lost to it.
    if (!isKind(error, "unavailable")) throw error;
    write();
  }
}
