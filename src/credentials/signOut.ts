import { accessSync, constants } from "node:fs";
import { basename } from "node:path";
import { removeFile, removeIfPossible } from "../cache/folder.ts";
import { type JsonObject, readJsonObject } from "../cache/jsonFile.ts";
import { withLockIfFree } from "../cache/lock.ts";
import { removeRoleCredentials } from "../cache/roleCredentialsCache.ts";
import { sessionLockPath, sessionStatePath, tokenKey } from "../cache/stateFile.ts";
import { isOfEndpoints, isTokenOf, tokenPath } from "../cache/tokenCache.ts";
import type { Config } from "../config/configFile.ts";
import type { ConfiguredSession } from "../config/configuredSessions.ts";
import { sessionTitle } from "../config/describeSession.ts";
import { rolePairs } from "../config/profile.ts";
import { readSession } from "../config/session.ts";
import { isUsable, parseTimestamp } from "../hit/expiry.ts";
import { textFields } from "../hit/json.ts";
import { identityCenter, ServiceError } from "../identityCenter/identityCenter.ts";
import type { SessionIdentity, SsoSession } from "../model.ts";
import type { System } from "../platform/system.ts";
import { errorCode } from "../platform/systemError.ts";
import { clearBackoff } from "../signIn/backoff.ts";
import { cancelLogin } from "../signIn/changeLogin.ts";
import { isSigningIn } from "../signIn/pendingLogin.ts";

/** How long to wait for a refresh, which reads the file again before it writes. */
const LOCK_TIMEOUT_MS = 3_000;

/** What was removed of one session. Its token is still to be revoked. */
export interface Removed {
  readonly title: string;
  readonly token: RemovedToken | undefined;
  readonly hadRoles: boolean;
  readonly wasOpen: boolean;
  /** The first thing that could not be removed. It does not stop the rest. */
  readonly failure: unknown;
}

interface RemovedToken {
  /** Undefined if the system refused to read it. */
  readonly file: JsonObject | undefined;
  /** Why its file is still there. */
  readonly failure?: unknown;
  /** Where to revoke it, if its file or the config says. */
  readonly services?: SsoSession | undefined;
}

/** Removes the local files of a session, and ends its open sign-in. */
export async function removeSession(
  { identity, resolve }: ConfiguredSession,
  config: Config,
  system: System,
): Promise<Removed> {
  const wasOpen = isSigningIn(identity, system);
  const ended = await outcomeOf(() => cancelLogin(identity, system));
  const { token, failure } = await removeToken(identity, system);
  const pairs = rolePairs(config, identity);
  const roles = await outcomeOf(() => removeRoleCredentials({ session: identity, pairs }, system));
  clearBackoff(identity, system);
  removeIfPossible(sessionStatePath("attempts", identity, system));
  const { result: session } = await outcomeOf(resolve);
  const file = token?.file;
  // The configured services if they are the file's, else those that its own fields lead to.
  const isConfigured = file && session && isTokenOf(session, file, system);
  const services = file && (isConfigured ? session : await servicesOfFile(file, config, system));
  return {
    title: sessionTitle(identity),
    token: token && {
      ...token,
      services: file && servicesOfToken(tokenKey(identity), services, file, system),
    },
    hadRoles: Boolean(roles.result),
    wasOpen,
    failure: failure ?? roles.failure ?? ended.failure,
  };
}

async function removeToken(session: SessionIdentity, system: System) {
  const path = tokenPath(session, system);
  async function take() {
    const file = readJsonObject(path);
    const access = await outcomeOf(() => accessSync(path, constants.R_OK));
    const isToken = typeof file?.accessToken === "string" || errorCode(access.failure) === "EACCES";
    const { failure } = await outcomeOf(() => removeFile(path));
    return { token: isToken ? { file, failure } : undefined, failure };
  }
  const wait = { timeoutMs: LOCK_TIMEOUT_MS, purpose: "a refresh of the same session", writes: path };
  return await withLockIfFree(system, sessionLockPath("token", session, system), wait, take);
}

/** Removes a token file that belongs to no configured session. */
export async function removeStray(
  { path, file }: { path: string; file: JsonObject },
  config: Config,
  system: System,
): Promise<Removed> {
  const { failure } = await outcomeOf(() => removeFile(path));
  const services = await servicesOfFile(file, config, system);
  const title = services ? sessionTitle(services) : path;
  const origin = servicesOfToken(basename(path, ".json"), services, file, system);
  return { title, token: { file, failure, services: origin }, hadRoles: false, wasOpen: false, failure };
}

/** Found by the file's own fields: endpoints in the config belong to other sessions. */
async function servicesOfFile({ startUrl, region }: JsonObject, config: Config, system: System) {
  if (typeof startUrl !== "string" || typeof region !== "string") return undefined;
  const keys = new Map(Object.entries({ sso_start_url: startUrl, sso_region: region }));
  const source = { config, name: null, keys, header: "the token file" };
  return (await outcomeOf(() => readSession(source, system))).result;
}

/** The services, unless the token came from others, to which alone it may be sent. */
function servicesOfToken(
  key: string,
  services: SsoSession | undefined,
  { accessToken }: JsonObject,
  system: System,
): SsoSession | undefined {
  return services && isOfEndpoints(key, services.endpoints, accessToken, system) ? services : undefined;
}

/**
 * Revokes a removed token at the portal. An expired access token cannot be revoked, but its refresh
 * token may still open the session: it is redeemed once, and the new token is revoked. Best effort,
 * until `deadline` (epoch milliseconds).
 *
 * Returns true if no token of the file is still valid. One that the service no longer knows counts
 * as revoked.
 */
export async function revokeRemoved({ token }: Removed, deadline: number, system: System): Promise<boolean> {
  if (token === undefined) return true;
  const { file, services } = token;
  if (file === undefined || services === undefined) return false;
  const texts = ["accessToken", "clientId", "clientSecret", "refreshToken"] as const;
  const { accessToken = "", clientId, clientSecret, refreshToken } = textFields(file, texts);
  const isExpired = !isUsable(parseTimestamp(file.expiresAt), system.now());
  const options = { deadline, signal: system.interrupted };
  try {
    const api = identityCenter(services, system);
    if (!clientId || !clientSecret || !refreshToken) {
      await api.logout(accessToken, options);
    } else if (isExpired || !(await isKnown(api.logout(accessToken, options)))) {
      const successor = await api.refresh({ clientId, clientSecret }, refreshToken, options);
      await api.logout(successor.accessToken, options);
    }
    return true;
  } catch (error) {
    system.trace.step("the token could not be revoked", { error: String(error) });
    // A token that is no longer accepted counts as revoked.
    return error instanceof ServiceError && error.needsSignIn;
  }
}

/** False if the portal responds that it does not know the token. */
async function isKnown(request: Promise<void>): Promise<boolean> {
  try {
    await request;
    return true;
  } catch (error) {
    if (error instanceof ServiceError && error.needsSignIn) return false;
    throw error;
  }
}

/** The outcome of one step whose failure must not stop the next ones. */
export async function outcomeOf<T>(work: () => T | Promise<T>): Promise<{ result?: T; failure?: unknown }> {
  try {
    return { result: await work() };
  } catch (failure) {
    return { failure };
  }
}
