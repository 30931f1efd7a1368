import { join } from "node:path";
import { parseRoleCredentials } from "../hit/credentialProcess.ts";
import { formatTimestamp, isUsable } from "../hit/expiry.ts";
import { roleCacheDirectory } from "../hit/paths.ts";
import { pythonJson } from "../hit/pythonJson.ts";
import { roleCredentialsFileName } from "../hit/roleKey.ts";
import type { Role, RoleCredentials, SessionRole, SsoSession } from "../model.ts";
import type { System } from "../platform/system.ts";
import { listFolder, removeFile } from "./folder.ts";
import { readJsonObject, readSmallFile } from "./jsonFile.ts";
import { prepareReplacement } from "./replaceFile.ts";

type Place = Pick<System, "env" | "platform">;

/** What names a role's file. */
type CachedRole = Role & { session: Pick<SsoSession, "name" | "startUrl"> };

/** The AWS CLI's name for a role's file. */
export function roleFileName({ session: { name, startUrl }, accountId, roleName }: CachedRole): string {
  return roleCredentialsFileName({ session: name === null ? { startUrl } : { name }, accountId, roleName });
}

export function roleCredentialsPath(role: CachedRole, system: Place): string {
  return join(roleFolder(system), roleFileName(role));
}

/** Cached credentials, whether or not they still live; `SSO_CRED_CACHE=off` sees none. */
export function readRoleCredentials(role: CachedRole, system: Place): RoleCredentials | undefined {
  if (!keepsRoleCredentials(system)) return undefined;
  const text = readSmallFile(roleCredentialsPath(role, system));
  return text === undefined ? undefined : parseRoleCredentials(text, role.accountId);
}

/** Cached credentials that still live for a minute. */
export function usableRoleCredentials(
  role: CachedRole,
  system: Place & Pick<System, "now">,
): RoleCredentials | undefined {
  const cached = readRoleCredentials(role, system);
  return cached && isUsable(cached.expiration, system.now()) ? cached : undefined;
}

/**
 * Writes the AWS CLI's file, with our own names beside its fields, if they are still wanted when only the rename is left.
 * Throws the system's error.
 */
export function writeRoleCredentials(
  role: SessionRole,
  credentials: RoleCredentials,
  system: Place,
  isWanted?: () => boolean,
): void {
  if (!keepsRoleCredentials(system)) return;
  const text = pythonJson({
    ProviderType: "sso",
    Credentials: {
      AccessKeyId: credentials.accessKeyId,
      SecretAccessKey: credentials.secretAccessKey,
      SessionToken: credentials.sessionToken,
      Expiration: formatTimestamp(credentials.expiration),
      AccountId: role.accountId,
    },
    SsoCred: {
      session: role.session.name ?? role.session.startUrl,
      accountId: role.accountId,
      roleName: role.roleName,
    },
  });
  prepareReplacement(roleCredentialsPath(role, system)).commit(text, isWanted);
}

/**
 * Removes the role credentials of a session: the files that say so, and those named by the given pairs of account
 * and role (the AWS CLI's files do not say). `all`: every file with `ProviderType: sso`. Answers how many went. Throws
 * `config` naming a file that stays.
 */
export function removeRoleCredentials(
  which: { session: SsoSession; pairs: readonly Role[] } | "all",
  system: Place,
): number {
  const folder = roleFolder(system);
  const named = new Set(
    which === "all" ? [] : which.pairs.map((pair) => roleFileName({ ...which, ...pair })),
  );
  let removed = 0;
  for (const name of listFolder(folder)) {
    const file = name.endsWith(".json") ? readJsonObject(join(folder, name)) : undefined;
    if (file?.ProviderType !== "sso") continue;
    const owner = (file.SsoCred as { session?: unknown } | null | undefined)?.session;
    if (which === "all" || named.has(name) || owner === (which.session.name ?? which.session.startUrl)) {
      removeFile(join(folder, name));
      removed++;
    }
  }
  return removed;
}

/** Whether role credentials may be on the disk (`SSO_CRED_CACHE`). */
export function keepsRoleCredentials(system: Place): boolean {
  return system.env.SSO_CRED_CACHE !== "off";
}

function roleFolder(system: Place): string {
  return roleCacheDirectory(system.env, system.platform);
}
