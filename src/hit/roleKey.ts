import { pythonString } from "./pythonJson.ts";
import { sha1 } from "./sha1.ts";

/** What names the role credentials of a session: its name, or its start URL where a legacy profile has no name. */
export interface RoleKey {
  session: { name: string } | { startUrl: string };
  accountId: string;
  roleName: string;
}

/**
 * The name of the AWS CLI's cache file for a role's credentials: the SHA-1 of minified JSON with sorted keys, ASCII
 * escaped (aws-cli awscli/botocore/credentials.py, SSOCredentialFetcher).
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
