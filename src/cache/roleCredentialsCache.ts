import { statSync } from "node:fs";
import { basename, join } from "node:path";
import { fitsOutput, isOfPortal, parseRoleCredentials } from "../hit/credentialProcess.ts";
import { formatTimestamp, isUsable } from "../hit/expiry.ts";
import { pythonJson } from "../hit/json.ts";
import { roleCacheDirectory, roleCredentialsFileName, roleCredentialsPath } from "../hit/paths.ts";
import type { Role, RoleCredentials, SessionIdentity, SessionRole, SsoSession } from "../model.ts";
import { meansOff } from "../platform/environment.ts";
import type { Clocked, Environment } from "../platform/system.ts";
import { listFolder, removeFile } from "./folder.ts";
import { type JsonObject, readJsonObject, readSmallFile } from "./jsonFile.ts";
import { prepareReplacement } from "./replaceFile.ts";
import { isStandIn } from "./tokenCache.ts";

/** A role. Of its session, only the name may be known. */
type CachedRole = Role & { session: SessionIdentity | SsoSession };

/**
 * Cached credentials, expired or not. Undefined with `SSO_CRED_CACHE=off`, for another start URL,
 * region or portal than the session's, and for credentials too long to print. If only the session's
 * name is known, compares the environment's portal.
 */
export function readRoleCredentials(role: CachedRole, system: Environment): RoleCredentials | undefined {
  if (!keepsRoleCredentials(system)) return undefined;
  const text = readSmallFile(roleCredentialsPath(role, system));
  const found = text === undefined ? undefined : parseRoleCredentials(text, role.accountId);
  const isValid = found && isOfSession(found, role.session, system) && fitsOutput(found, role.accountId);
  return isValid ? found : undefined;
}

function isOfSession(found: RoleCredentials, session: CachedRole["session"], { env }: Environment): boolean {
  if (!("endpoints" in session)) return isOfPortal(found, env);
  const { startUrl = session.startUrl, region = session.region, endpoint } = found;
  const isHere = endpoint === undefined || isStandIn(session.endpoints.ssoUrl);
  return startUrl === session.startUrl && region === session.region && isHere;
}

/** Cached credentials with at least a minute left. */
export function usableRoleCredentials(role: CachedRole, system: Clocked) {
  const cached = readRoleCredentials(role, system);
  return cached && isUsable(cached.expiration, system.now()) ? cached : undefined;
}

/**
 * Writes the AWS CLI's file, with our own fields after the CLI's. `isWanted` is called just before
 * the rename. Throws the system's error.
 */
export function writeRoleCredentials(
  role: SessionRole,
  credentials: RoleCredentials,
  system: Environment,
  { isWanted, config }: { isWanted?: () => boolean; config?: string } = {},
): void {
  if (!keepsRoleCredentials(system) || !fitsOutput(credentials, role.accountId)) return;
  const { accountId, roleName } = role;
  const { name, startUrl, region, endpoints } = role.session;
  const endpoint = isStandIn(endpoints.ssoUrl) ? endpoints.ssoUrl : undefined;
  const text = pythonJson({
    ProviderType: "sso",
    Credentials: {
      AccessKeyId: credentials.accessKeyId,
      SecretAccessKey: credentials.secretAccessKey,
      SessionToken: credentials.sessionToken,
      Expiration: formatTimestamp(credentials.expiration),
      AccountId: accountId,
    },
    SsoCred: { session: name ?? startUrl, accountId, roleName, startUrl, region, endpoint, config },
  });
  prepareReplacement(roleCredentialsPath(role, system), { synced: "text" }).commit(text, isWanted);
}

/**
 * Removes the role credentials of a session: the files that name it, and those of the given roles,
 * because the AWS CLI's files do not name their session. A function selects files by their record.
 * `all`: every file with `ProviderType: sso`. Files modified at `before` (epoch milliseconds of the
 * file system) or later stay. Returns the number of removed files. Throws `config` naming a file
 * that could not be removed.
 */
export function removeRoleCredentials(
  which: { session: SessionIdentity; pairs: readonly Role[] } | ((recorded: JsonObject) => boolean) | "all",
  system: Environment,
  before = Number.POSITIVE_INFINITY,
): number {
  const selects = selection(which);
  let removed = 0;
  for (const { path, recorded } of roleFiles(system)) {
    if ((statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? before) >= before) continue;
    if (!selects(basename(path), recorded)) continue;
    removeFile(path);
    removed++;
  }
  return removed;
}

function selection(
  which: Parameters<typeof removeRoleCredentials>[0],
): (name: string, recorded: JsonObject) => boolean {
  if (which === "all") return () => true;
  if (typeof which === "function") return (_, recorded) => which(recorded);
  const named = new Set(which.pairs.map((pair) => roleCredentialsFileName({ ...which, ...pair })));
  const session = which.session.name ?? which.session.startUrl;
  return (name, recorded) => named.has(name) || recorded.session === session;
}

/** All files of role credentials, with the session that our files record. */
export function* roleFiles(system: Environment): Generator<{ path: string; recorded: JsonObject }> {
  for (const name of listFolder(roleCacheDirectory(system)).filter((each) => each.endsWith(".json"))) {
    const path = join(roleCacheDirectory(system), name);
    const file = readJsonObject(path);
    if (file?.ProviderType === "sso") yield { path, recorded: (file.SsoCred ?? {}) as JsonObject };
  }
}

/** True if role credentials may be written to the disk (`SSO_CRED_CACHE`). */
export function keepsRoleCredentials(system: Environment): boolean {
  return !meansOff(system.env.SSO_CRED_CACHE);
}
