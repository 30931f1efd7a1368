import { createHash } from "node:crypto";
import type { Incoming } from "./http.ts";
import { isSignedWith, parseAuthorization } from "./signatureV4.ts";
import { type RoleKey, type State, secret } from "./state.ts";

/** An error of an AWS service, which each protocol writes in its own way. */
export interface ServiceError {
  status: number;
  code: string;
  message: string;
}

const refused = (code: string, message: string): ServiceError => ({ status: 403, code, message });

/**
 * The role credentials that signed a request for this service, if this emulator issued them and
 * they are valid. The signature's age is not checked, because the emulator's clock may have been
 * moved and the caller's not.
 */
export function authenticate(state: State, incoming: Incoming, service: string): RoleKey | ServiceError {
  const signed = parseAuthorization(incoming.headers.authorization);
  if (!signed) return refused("MissingAuthenticationToken", "Request is missing Authentication Token");
  const key = state.roleKeys.get(signed.accessKeyId);
  const sameToken = key?.sessionToken === incoming.headers["x-amz-security-token"];
  if (!key || !sameToken || !signed.signedHeaders.includes("x-amz-security-token"))
    return refused("InvalidClientTokenId", "The security token included in the request is invalid.");
  if (
    !signed.scope.endsWith(`/${service}/aws4_request`) ||
    !isSignedWith(key.secretAccessKey, signed, incoming)
  ) {
    return refused(
      "SignatureDoesNotMatch",
      "The request signature we calculated does not match the signature you provided.",
    );
  }
  if (state.now() >= key.expiration)
    return refused("ExpiredToken", "The security token included in the request is expired");
  return key;
}

/** Who the role's credentials belong to, as STS says it. */
export function callerOf({ accountId, roleName }: RoleKey): { arn: string; userId: string } {
  const suffix = createHash("sha256").update(`${accountId} ${roleName}`).digest("hex").slice(0, 16);
  const role = `AWSReservedSSO_${roleName}_${suffix}`;
  return {
    arn: `arn:aws:sts::${accountId}:assumed-role/${role}/person@example.com`,
    userId: `AROA${suffix.toUpperCase()}:person@example.com`,
  };
}

/** New credentials of a role, which this emulator accepts. */
export function issueKey(state: State, accountId: string, roleName: string): RoleKey {
  const key: RoleKey = {
    accessKeyId: `ASIA${secret("", 24)
      .replace(/[^A-Za-z0-9]/g, "")
      .toUpperCase()
      .slice(0, 16)}`,
    secretAccessKey: `${secret("", 28)}/+`,
    sessionToken: `IQoJb3JpZ2luX2VjE${secret("", 500)}/+==`,
    expiration: state.now() + state.settings.roleCredentialSeconds * 1000,
    accountId,
    roleName,
  };
  state.roleKeys.set(key.accessKeyId, key);
  return key;
}
