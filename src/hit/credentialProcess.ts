import type { RoleCredentials } from "../model.ts";
import type { Environment } from "../platform/system.ts";
import { formatTimestamp, parseTimestamp } from "./expiry.ts";
import { asciiJson, isText, parseJsonObject, textFields } from "./json.ts";

/** The Go SDK v1 reads at most 8192 bytes (aws-sdk-go, credentials/processcreds). */
export const MAX_OUTPUT_BYTES = 8191;

/** The `credential_process` document, version 1, on one line of printable ASCII. */
export function credentialProcessOutput(credentials: RoleCredentials, accountId: string): string {
  const document = {
    Version: 1,
    AccessKeyId: credentials.accessKeyId,
    SecretAccessKey: credentials.secretAccessKey,
    SessionToken: credentials.sessionToken,
    Expiration: formatTimestamp(credentials.expiration),
    AccountId: accountId,
  };
  return `${asciiJson(JSON.stringify(document))}\n`;
}

/** False for credentials that SDKs would cut off. */
export function fitsOutput(credentials: RoleCredentials, accountId: string): boolean {
  return Buffer.byteLength(credentialProcessOutput(credentials, accountId)) <= MAX_OUTPUT_BYTES;
}

/**
 * Reads role credentials from the text of a `~/.aws/cli/cache` file. Undefined for anything else: a
 * truncated file, another provider's or another account's credentials, a missing field.
 */
export function parseRoleCredentials(text: string, accountId: string): RoleCredentials | undefined {
  const file = parseJsonObject(text);
  if (file?.ProviderType !== "sso") return undefined;
  const fields = (file.Credentials ?? {}) as Record<string, unknown>;
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration, AccountId } = fields;
  const expiration = parseTimestamp(Expiration);
  if (Number.isNaN(expiration) || (AccountId !== undefined && AccountId !== accountId)) return undefined;
  if (!isText(AccessKeyId) || !isText(SecretAccessKey) || !isText(SessionToken)) return undefined;
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    expiration,
    ...textFields(file.SsoCred, ["startUrl", "region", "endpoint"]),
  };
}

/**
 * True unless the credentials came from a portal that is not AWS's and that the environment does
 * not name, such as a local stand-in. The config may name it, but a hit does not read the config.
 */
export function isOfPortal({ endpoint }: RoleCredentials, env: Environment["env"]): boolean {
  if (endpoint === undefined) return true;
  const named = env.AWS_ENDPOINT_URL_SSO || env.AWS_ENDPOINT_URL;
  return endpoint === named && !env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS;
}
