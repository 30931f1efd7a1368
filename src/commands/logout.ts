import { join } from "node:path";
import { listFolder, requireListable, sweepTemporaryFiles } from "../cache/folder.ts";
import { type JsonObject, readJsonObject } from "../cache/jsonFile.ts";
import { removeRoleCredentials } from "../cache/roleCredentialsCache.ts";
import { loginsFolder } from "../cache/stateFile.ts";
import { tokenFileExists, tokenPath } from "../cache/tokenCache.ts";
import { loadReadableConfig } from "../config/configFile.ts";
import { configuredSessions } from "../config/configuredSessions.ts";
import { sessionTitle } from "../config/describeSession.ts";
import {
  outcomeOf,
  type Removed,
  removeSession,
  removeStray,
  revokeRemoved,
} from "../credentials/signOut.ts";
import { usageError } from "../errors.ts";
import { parseTimestamp } from "../hit/expiry.ts";
import { roleCacheDirectory, ssoCacheDirectory } from "../hit/paths.ts";
import { removeInventory } from "../inventory/inventoryFile.ts";
import { withVariables } from "../platform/environment.ts";
import { prose } from "../platform/output.ts";
import type { System } from "../platform/system.ts";
import { cancelLogin } from "../signIn/changeLogin.ts";
import { allPendingLogins, isSigningIn, isUnderWay } from "../signIn/pendingLogin.ts";
import { counted } from "../text/words.ts";
import { parseFlags } from "../usage/commandTable.ts";
import { configuredSession, explicitName, onlyConfiguredSession } from "./sessionArguments.ts";

/** How long a person waits for portals, in all. The tokens are revoked side by side. */
const REVOCATION_MS = 5_000;

/**
 * `sso-cred logout`: removes the local files first, then tells the portal. If the portal cannot be
 * told, the output says so, and the exit code is still 0. Needs no setting but the session's name
 * and start URL.
 */
export async function logout(args: readonly string[], system: System): Promise<number> {
  const { values, positionals } = parseFlags(args, "logout");
  // A mistake in the setting for signing in must not prevent signing out.
  const withoutLoginMode = withVariables(system, { SSO_CRED_LOGIN: undefined });
  const isNamed = positionals.length > 0 || (values.profile ?? values["sso-session"]) !== undefined;
  if (!values.all) await signOutOfOne(explicitName(values, positionals), withoutLoginMode);
  else if (!isNamed) await signOutOfAll(withoutLoginMode);
  else throw usageError("--all takes no session: it signs out of every one", "logout");
  return 0;
}

async function signOutOfOne(named: ReturnType<typeof explicitName>, system: System): Promise<void> {
  const { config, failure } = loadReadableConfig(system);
  // Without a readable config, only a session's name is enough to go on.
  if (failure !== undefined && named?.session === undefined) throw failure;
  const choice = named ?? (await onlyConfiguredSession(config, system));
  const session = configuredSession(choice, config, system);
  const { identity } = session;
  const isConfigured = identity.name === null || config.session(identity.name) !== undefined;
  const removed = await removeSession(session, config, system);
  removeInventory(identity, system);
  const swept = await outcomeOf(() => sweepCaches(system));
  await tellPortals([removed], swept.failure, system);
  throwFirst([removed.failure, swept.failure, failure]);
  if (removed.token || removed.hadRoles || removed.wasOpen) return;
  // A misspelt name must not look like a successful logout.
  if (!isConfigured) session.resolve();
  system.writeStdout(prose(1, `Nobody was signed in to '${sessionTitle(identity)}'.\n`));
}

/** Removes everything on the disk, even if the config cannot be read. */
async function signOutOfAll(system: System): Promise<void> {
  const { config, failure } = loadReadableConfig(system);
  const present = configuredSessions(config, system).filter(
    ({ identity }) => tokenFileExists(identity, system) || isSigningIn(identity, system),
  );
  const removed = await Promise.all(present.map((session) => removeSession(session, config, system)));
  const listed = await outcomeOf(() => requireListable(loginsFolder(system)));
  const open = allPendingLogins(system).filter((login) => isUnderWay(login, system));
  for (const { session } of open) {
    const { failure } = await outcomeOf(() => cancelLogin(session, system));
    const title = sessionTitle(session);
    removed.push({ title, token: undefined, hadRoles: false, wasOpen: failure === undefined, failure });
  }
  const taken = new Set(present.map(({ identity }) => tokenPath(identity, system)));
  const strays = strayTokens(system).filter(({ path }) => !taken.has(path));
  for (const token of strays) removed.push(await removeStray(token, config, system));
  const roles = await outcomeOf(() => removeRoleCredentials("all", system));
  removeInventory("all", system);
  const swept = await outcomeOf(() => sweepCaches(system));
  await tellPortals(removed, roles.failure ?? swept.failure, system);
  if (roles.result) {
    system.writeStdout(
      prose(1, `Removed the cached credentials of ${counted(roles.result, "more role")}.\n`),
    );
  }
  const failures = removed.map((each) => each.failure);
  throwFirst([failure, ...failures, roles.failure, swept.failure, listed.failure]);
  if (removed.length === 0 && !roles.result) system.writeStdout(prose(1, "Nobody was signed in.\n"));
}

function throwFirst(failures: readonly unknown[]): void {
  for (const failure of failures) if (failure !== undefined) throw failure;
}

/** All files of the SSO cache with an access token: `aws sso logout` removes them too. */
function strayTokens(system: System): { path: string; file: JsonObject }[] {
  const folder = ssoCacheDirectory(system);
  return listFolder(folder).flatMap((name) => {
    const path = join(folder, name);
    const file = readJsonObject(path);
    return typeof file?.accessToken === "string" ? [{ path, file }] : [];
  });
}

/** Removes what killed writers have left. Throws `config` for a folder that cannot be listed. */
function sweepCaches(system: System): void {
  for (const folder of [ssoCacheDirectory(system), roleCacheDirectory(system)]) {
    requireListable(folder);
    sweepTemporaryFiles(folder, 0);
  }
}

/** Revokes the removed tokens and says what was done. `failure` concerns the files of all. */
async function tellPortals(removed: readonly Removed[], failure: unknown, system: System): Promise<void> {
  const deadline = system.now() + REVOCATION_MS;
  const revoked = await Promise.all(removed.map((each) => revokeRemoved(each, deadline, system)));
  const lines = removed.map((each, at) =>
    outcomeLine({ ...each, failure: each.failure ?? failure }, revoked[at] ?? false, system.now()),
  );
  system.writeStdout(prose(1, lines.join("")));
}

/** Empty if nothing was done. */
function outcomeLine({ title, token, hadRoles, wasOpen, failure }: Removed, isRevoked: boolean, now: number) {
  if (token?.failure !== undefined)
    return isRevoked ? `Revoked the token of '${title}', but its file is still there.\n` : "";
  if (!token && !hadRoles) return wasOpen ? `Ended the open sign-in to '${title}'.\n` : "";
  const isExpired =
    parseTimestamp(token?.file?.expiresAt) <= now && typeof token?.file?.refreshToken === "string";
  const rest = isExpired
    ? "its refresh token lives until the portal's session ends"
    : "the token itself lives until it expires";
  const notTold = isRevoked ? "" : `; the portal could not be told, so ${rest}`;
  const notRemoved = failure === undefined ? "" : "; not everything could be removed";
  return `Signed out of '${title}'${notTold}${notRemoved}.\n`;
}
