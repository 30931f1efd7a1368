import { parseArgs } from "node:util";
import { removeFile, removeIfPossible, requireListable, sweepTemporaryFiles } from "../cache/folder.ts";
import { withLock } from "../cache/lock.ts";
import { removeRoleCredentials } from "../cache/roleCredentialsCache.ts";
import { sessionLockPath, sessionStatePath } from "../cache/statePaths.ts";
import { readToken, tokenFileExists, tokenPath } from "../cache/tokenCache.ts";
import { loadConfig } from "../config/configFile.ts";
import { rolePairs } from "../config/profile.ts";
import { isKind, SsoCredError } from "../errors.ts";
import { roleCacheDirectory, ssoCacheDirectory } from "../hit/paths.ts";
import { identityCenter } from "../identityCenter/identityCenter.ts";
import type { Role, SsoSession } from "../model.ts";
import type { System } from "../platform/system.ts";
import { clearBackoff } from "../signIn/backoff.ts";
import { cancelLogin } from "../signIn/changeLogin.ts";
import { allPendingLogins, isUnderWay, readPendingLogin } from "../signIn/pendingLogin.ts";
import { sessionTitle } from "../signIn/sessionTitle.ts";
import { configuredSessions, type StrayToken, strayTokens } from "./cachedSessions.ts";
import { chosenSession, sessionOptions } from "./sessionArguments.ts";

export const logoutOptions = { ...sessionOptions, all: { type: "boolean" } } as const;

/** A refresh that holds the session's lock is not waited for longer; it looks at the file before it writes. */
const PATIENCE_MS = 3_000;

/** `sso-cred logout`: the local files go first, then the portal is told; that it cannot be is said, and no failure. */
export async function logout(args: readonly string[], system: System): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: logoutOptions,
    allowPositionals: true,
  });
  if (!values.all) {
    const { session, config } = await chosenSession(values, positionals, system);
    await signOut(session, rolePairs(config, session), system);
    return 0;
  }
  if (positionals.length > 0 || values.profile !== undefined || values["sso-session"] !== undefined) {
    throw new SsoCredError("usage", "--all stands alone: it signs out of every session", {
      remedy: { run: "sso-cred logout --help" },
    });
  }
  await signOutOfAll(system);
  return 0;
}

/** What is on disk goes even where the config cannot be read; no token is sent then, because the config says where to. */
async function signOutOfAll(system: System): Promise<void> {
  const failures: unknown[] = [];
  async function step<T>(work: () => T | Promise<T>): Promise<T | undefined> {
    const { result, failure } = await attempt(work);
    if (failure !== undefined) failures.push(failure);
    return result;
  }
  const config = await step(() => loadConfig(system, { credentials: true }));
  const sessions = config ? configuredSessions(config, system) : [];
  const present = sessions.filter((session) => isPresent(session, system));
  for (const session of present)
    await step(() => signOut(session, config ? rolePairs(config, session) : [], system));
  const open = allPendingLogins(system).filter((login) => isUnderWay(login, system));
  for (const { session } of open) {
    await step(async () => {
      await cancelLogin(session, system);
      system.writeStdout(endedLine(sessionTitle(session)));
    });
  }
  const stray = strayTokens(config, system);
  for (const token of stray) await step(() => signOutOfStray(token, system));
  const removed = (await step(() => removeRoleCredentials("all", system))) ?? 0;
  if (removed > 0) {
    const roles = removed === 1 ? "role" : "roles";
    system.writeStdout(`Removed the cached credentials of ${removed} more ${roles}.\n`);
  }
  await step(() => sweepCaches(system));
  if (failures.length > 0) throw failures[0];
  if (present.length + open.length + stray.length + removed === 0)
    system.writeStdout("Nobody was signed in.\n");
}

async function signOutOfStray({ path, accessToken, session }: StrayToken, system: System): Promise<void> {
  const { failure } = await attempt(() => removeFile(path));
  const told = session !== undefined && (await revoke(session, accessToken, system));
  if (failure !== undefined) throw failure;
  system.writeStdout(signedOutLine(session ? sessionTitle(session) : path, told));
}

/** Killed writers' files hold what the removed ones held. Throws `config` for a folder in which nobody can look. */
function sweepCaches({ env, platform }: System): void {
  for (const folder of [ssoCacheDirectory(env, platform), roleCacheDirectory(env, platform)]) {
    requireListable(folder);
    sweepTemporaryFiles(folder, 0);
  }
}

function isPresent(session: SsoSession, system: System): boolean {
  return tokenFileExists(session, system) || isPending(session, system);
}

function isPending(session: SsoSession, system: System): boolean {
  const login = readPendingLogin(session, system);
  return login !== undefined && isUnderWay(login, system);
}

async function signOut(session: SsoSession, pairs: readonly Role[], system: System): Promise<void> {
  const title = sessionTitle(session);
  const wasOpen = isPending(session, system);
  // Whatever cannot be removed: the rest goes, and the portal's end of it is what counts most.
  const ended = await attempt(() => cancelLogin(session, system));
  const token = await removeToken(session, system);
  const roles = await attempt(() => removeRoleCredentials({ session, pairs }, system));
  const swept = await attempt(() => sweepCaches(system));
  clearBackoff(session, system);
  removeIfPossible(sessionStatePath("attempts", session, system));
  const told = token.accessToken === undefined || (await revoke(session, token.accessToken, system));
  const failure = token.failure ?? roles.failure ?? swept.failure ?? ended.failure;
  if (failure !== undefined) throw failure;
  if (token.accessToken === undefined && !roles.result) {
    system.writeStdout(wasOpen ? endedLine(title) : `Nobody was signed in to '${title}'.\n`);
  } else system.writeStdout(signedOutLine(title, told));
}

async function attempt<T>(work: () => T | Promise<T>): Promise<{ result?: T; failure?: unknown }> {
  try {
    return { result: await work() };
  } catch (failure) {
    return { failure };
  }
}

function endedLine(title: string): string {
  return `Ended the open sign-in to '${title}'.\n`;
}

function signedOutLine(title: string, told: boolean): string {
  const note = told ? "" : "; the portal could not be told, so the token itself lives until it expires";
  return `Signed out of '${title}'${note}.\n`;
}

/** The token that may be sent to the portal, if there was one, and why its file is still there. */
async function removeToken(
  session: SsoSession,
  system: System,
): Promise<{ accessToken?: string | undefined; failure?: unknown }> {
  async function take() {
    const accessToken = readToken(session, system)?.accessToken;
    const { failure } = await attempt(() => removeFile(tokenPath(session, system)));
    return { accessToken, failure };
  }
  const wait = { deadline: system.now() + PATIENCE_MS, purpose: "a refresh of the same session" };
  try {
    return await withLock(system, sessionLockPath("token", session, system), wait, take);
  } catch (error) {
    if (isKind(error, "unavailable")) return take();
    throw error;
  }
}

/** Best effort; a token that the portal no longer knows is as good as revoked. */
async function revoke(session: SsoSession, accessToken: string, system: System): Promise<boolean> {
  try {
    const api = await identityCenter(session, system);
    try {
      await api.logout(accessToken, { signal: system.interrupted });
    } finally {
      api.close();
    }
    return true;
  } catch (error) {
    system.trace.step("the portal could not be told of the logout", { error: String(error) });
    return !isKind(error, "unavailable", "config");
  }
}
