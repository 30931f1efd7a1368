import type { Role, SessionIdentity } from "../model.ts";
import { pythonString } from "./json.ts";
import { sha1 } from "./sha1.ts";

/**
 * The AWS CLI's cache file name for a role's credentials: the SHA-1 of minified, ASCII-escaped JSON
 * with sorted keys (aws-cli awscli/botocore/credentials.py, SSOCredentialFetcher).
 */
export function roleCredentialsFileName({
  session,
  accountId,
  roleName,
}: Role & { session: SessionIdentity }): string {
  const account = pythonString(accountId);
  const role = pythonString(roleName);
  const last =
    session.name === null
      ? `"startUrl":${pythonString(session.startUrl)}`
      : `"sessionName":${pythonString(session.name)}`;
  return `${sha1(`{"accountId":${account},"roleName":${role},${last}}`)}.json`;
}
