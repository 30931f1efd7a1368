import { accessSync, constants } from "node:fs";
import { join } from "node:path";
import {
  listFolder,
  removeFile,
  removeIfPossible,
  requireListable,
  sweepTemporaryFiles,
} from "../cache/folder.ts";
import { type JsonObject, readJsonObject } from "../cache/jsonFile.ts";
import { withLock } from "../cache/lock.ts";
import { removeRoleCredentials } from "../cache/roleCredentialsCache.ts";
import { sessionLockPath, sessionStatePath } from "../cache/statePaths.ts";
import { isTokenOf, tokenFileExists, tokenPath } from "../cache/tokenCache.ts";
import { type Config, emptyConfig, loadConfig } from "../config/configFile.ts";
import { configuredSessions } from "../config/configuredSessions.ts";
import { sessionTitle } from "../config/describeSession.ts";
import { profileIdentity, rolePairs } from "../config/profile.ts";
import { sessionIdentity } from "../config/session.ts";
import { revokeToken, servicesOfFile } from "../credentials/revokeToken.ts";
import { isKind, SsoCredError } from "../errors.ts";
import { parseTimestamp } from "../hit/expiry.ts";
import { roleCacheDirectory, ssoCacheDirectory } from "../hit/paths.ts";
import { removeInventory } from "../inventory/inventoryFile.ts";
import type { SessionIdentity, SsoSession } from "../model.ts";
import { errorCode } from "../platform/errorCode.ts";
import type { System } from "../platform/system.ts";
import { clearBackoff } from "../signIn/backoff.ts";
import { cancelLogin } from "../signIn/changeLogin.ts";
import { allPendingLogins, isUnderWay, readPendingLogin } from "../signIn/pendingLogin.ts";
import { parseFlags } from "./parseFlags.ts";
import {
  explicitName,
  onlyConfiguredSession,
  resolveChoice,
  type SessionChoice,
  sessionOptions,
} from "./sessionArguments.ts";

export const logoutOptions = { ...sessionOptions, all: { type: "boolean" } } as const;

/** How long to wait for a refresh, which reads the file again before it writes. */
const LOCK_TIMEOUT_MS = 3_000;

/** Its files follow from the identity; only the revocation needs its settings. */
interface Target {
  readonly identity: SessionIdentity;
  /** As `ConfiguredSession.resolve`. */
  resolve(): SsoSession;
}

/**
 * `sso-cred logout`: removes the local files first, then tells the portal. If the portal cannot be
 * told, the output says so, and the exit code is still 0. Needs no setting but the session's name
 * and start URL.
 */
export async function logout(args: readonly string[], system: System): Promise<number> {
  const { values, positionals } = parseFlags(args, logoutOptions);
  // A mistake in the setting for signing in must not prevent signing out.
  const withoutLoginMode = { ...system, env: { ...system.env, SSO_CRED_LOGIN: undefined } };
  if (!values.all) {
    await signOutOfOne(explicitName(values, positionals), withoutLoginMode);
    return 0;
  }
  if (positionals.length > 0 || values.profile !== undefined || values["sso-session"] !== undefined) {
    throw new SsoCredError("usage", "--all takes no session: it signs out of every one", {
      remedy: { run: "sso-cred logout --help" },
    });
  }
  await signOutOfAll(withoutLoginMode);
  return 0;
}

async function signOutOfOne(named: SessionChoice | undefined, system: System): Promise<void> {
  const { result: config = emptyConfig(system), failure } = await attempt(() =>
    loadConfig(system, { credentials: true }),
  );
  // Without a readable config, only a session's name is enough to go on.
  if (failure !== undefined && named?.session === undefined) throw failure;
  const choice = named ?? (await onlyConfiguredSession(config, system));
  const identity =
    choice.session === undefined
      ? profileIdentity(config, choice.profile)
      : sessionIdentity(config, choice.session);
  const resolve = () => resolveChoice(choice, config, system);
  const isConfigured = identity.name === null || config.session(identity.name) !== undefined;
  const isFound = await signOut({ identity, resolve }, config, system);
  if (failure !== undefined) throw failure;
  if (isFound) return;
  // A misspelt name must not look like a successful logout.
  if (!isConfigured) resolve();
  system.writeStdout(`Nobody was signed in to '${sessionTitle(identity)}'.\n`);
}

/** Removes everything on the disk, even if the config cannot be read. */
async function signOutOfAll(system: System): Promise<void> {
  const failures: unknown[] = [];
  async function step<T>(work: () => T | Promise<T>): Promise<T | undefined> {
    const { result, failure } = await attempt(work);
    if (failure !== undefined) failures.push(failure);
    return result;
  }
  const config = (await step(() => loadConfig(system, { credentials: true }))) ?? emptyConfig(system);
  const present = configuredSessions(config, system).filter(
    ({ identity }) => tokenFileExists(identity, system) || isPending(identity, system),
  );
  for (const target of present) await step(() => signOut(target, config, system));
  const open = allPendingLogins(system).filter((login) => isUnderWay(login, system));
  for (const { session } of open) {
    await step(async () => {
      await cancelLogin(session, system);
      system.writeStdout(endedLine(sessionTitle(session)));
    });
  }
  const stray = strayTokens(system);
  for (const token of stray) await step(() => signOutOfStray(token, config, system));
  const removed = (await step(() => removeRoleCredentials("all", system))) ?? 0;
  if (removed > 0) {
    const roles = removed === 1 ? "role" : "roles";
    system.writeStdout(`Removed the cached credentials of ${removed} more ${roles}.\n`);
  }
  removeInventory("all", system);
  await step(() => sweepCaches(system));
  if (failures.length > 0) throw failures[0];
  if (present.length + open.length + stray.length + removed === 0)
    system.writeStdout("Nobody was signed in.\n");
}

/** All files of the SSO cache with an access token: `aws sso logout` removes them too. */
function strayTokens({ env, platform }: System): { path: string; file: JsonObject }[] {
  const folder = ssoCacheDirectory(env, platform);
  return listFolder(folder).flatMap((name) => {
    const path = join(folder, name);
    const file = readJsonObject(path);
    return typeof file?.accessToken === "string" ? [{ path, file }] : [];
  });
}

async function signOutOfStray(
  { path, file }: ReturnType<typeof strayTokens>[0],
  config: Config,
  system: System,
): Promise<void> {
  const { failure } = await attempt(() => removeFile(path));
  const services = servicesOfFile(file, config, system);
  const isRevoked = services !== undefined && (await revokeToken(services, file, system));
  if (failure !== undefined) throw failure;
  system.writeStdout(signedOutLine(services ? sessionTitle(services) : path, isRevoked, file, system.now()));
}

/**
 * Removes temporary files of killed writers, which hold the same secrets. Throws `config` for a
 * folder that cannot be listed.
 */
function sweepCaches({ env, platform }: System): void {
  for (const folder of [ssoCacheDirectory(env, platform), roleCacheDirectory(env, platform)]) {
    requireListable(folder);
    sweepTemporaryFiles(folder, 0);
  }
}

function isPending(session: SessionIdentity, system: System): boolean {
  const login = readPendingLogin(session, system);
  return login !== undefined && isUnderWay(login, system);
}

/**
 * Signs out of one session. Returns false if there was nothing to sign out of. A file that cannot
 * be removed does not stop the rest.
 */
async function signOut({ identity, resolve }: Target, config: Config, system: System): Promise<boolean> {
  const title = sessionTitle(identity);
  const wasOpen = isPending(identity, system);
  const ended = await attempt(() => cancelLogin(identity, system));
  const token = await removeToken(identity, system);
  const pairs = rolePairs(config, identity);
  const roles = await attempt(() => removeRoleCredentials({ session: identity, pairs }, system));
  const swept = await attempt(() => sweepCaches(system));
  removeInventory(identity, system);
  clearBackoff(identity, system);
  removeIfPossible(sessionStatePath("attempts", identity, system));
  const hasToken = token.isUnreadable || typeof token.file?.accessToken === "string";
  const isRevoked = !hasToken || (token.file !== undefined && (await revoke(token.file)));
  const failure = token.failure ?? roles.failure ?? swept.failure ?? ended.failure;
  if (failure !== undefined) throw failure;
  if (hasToken || roles.result) system.writeStdout(signedOutLine(title, isRevoked, token.file, system.now()));
  else if (wasOpen) system.writeStdout(endedLine(title));
  return hasToken || Boolean(roles.result) || wasOpen;

  /**
   * Revokes at the configured endpoint if the file belongs to that session, else at the endpoint
   * that the file's own fields lead to.
   */
  async function revoke(file: JsonObject): Promise<boolean> {
    const { result: session } = await attempt(resolve);
    const isOfSession = session !== undefined && isTokenOf(session, file);
    const services = isOfSession ? session : servicesOfFile(file, config, system);
    return services !== undefined && (await revokeToken(services, file, system));
  }
}

async function attempt<T>(work: () => T | Promise<T>): Promise<{ result?: T; failure?: unknown }> {
  try {
    return { result: await work() };
  } catch (failure) {
    return { failure };
  }
}

const endedLine = (title: string) => `Ended the open sign-in to '${title}'.\n`;

function signedOutLine(title: string, isRevoked: boolean, file: JsonObject | undefined, now: number): string {
  const isExpired = parseTimestamp(file?.expiresAt) <= now && typeof file?.refreshToken === "string";
  const rest = isExpired
    ? "its refresh token lives until the portal's session ends"
    : "the token itself lives until it expires";
  return `Signed out of '${title}'${isRevoked ? "" : `; the portal could not be told, so ${rest}`}.\n`;
}

/**
 * Removes the token file. Returns its content for revocation, whether the system refused to read
 * it, and the error if it could not be removed.
 */
async function removeToken(
  session: SessionIdentity,
  system: System,
): Promise<{ file?: JsonObject | undefined; isUnreadable: boolean; failure?: unknown }> {
  const path = tokenPath(session, system);
  async function take() {
    const file = readJsonObject(path);
    const access = await attempt(() => accessSync(path, constants.R_OK));
    const isUnreadable = errorCode(access.failure) === "EACCES";
    const { failure } = await attempt(() => removeFile(path));
    return { file, isUnreadable, failure };
  }
  const wait = {
    deadline: system.now() + LOCK_TIMEOUT_MS,
    purpose: "a refresh of the same session",
    writes: path,
  };
  try {
    return await withLock(system, sessionLockPath("token", session, system), wait, take);
  } catch (error) {
    if (isKind(error, "unavailable")) return take();
    throw error;
  }
}
