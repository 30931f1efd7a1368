import type { Role } from "../model.ts";
import { pythonString } from "./pythonJson.ts";
import { sha1 } from "./sha1.ts";

/** The session's name, or the start URL of a legacy profile, identifies the credentials. */
export interface RoleKey extends Role {
  session: { name: string } | { startUrl: string };
}

/**
 * The AWS CLI's cache file name for a role's credentials: the SHA-1 of minified, ASCII-escaped JSON
 * with sorted keys (aws-cli awscli/botocore/credentials.py, SSOCredentialFetcher).
 */
export function roleCredentialsFileName({ session, accountId, roleName }: RoleKey): string {
  const account = pythonString(accountId);
  const role = pythonString(roleName);
  const last =
    "name" in session
      ? `"sessionName":${pythonString(session.name)}`
      : `"startUrl":${pythonString(session.startUrl)}`;
  return `${sha1(`{"accountId":${account},"roleName":${role},${last}}`)}.json`;
}
