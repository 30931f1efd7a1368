import { createHash, randomUUID } from "node:crypto";
import type { HttpResponse, Incoming } from "./http.ts";
import { isSignedWith, parseAuthorization } from "./signatureV4.ts";
import type { State } from "./state.ts";

const NAMESPACE = 'xmlns="https://sts.amazonaws.com/doc/2011-06-15/"';

function xml(status: number, body: string): HttpResponse {
  return { status, headers: { "content-type": "text/xml" }, body };
}

function stsError(status: number, code: string, message: string): HttpResponse {
  return xml(
    status,
    `<ErrorResponse ${NAMESPACE}><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error>` +
      `<RequestId>${randomUUID()}</RequestId></ErrorResponse>`,
  );
}

/**
 * GetCallerIdentity for role credentials that this emulator issued. The signature's age is not checked, because the
 * emulator's clock may have been moved and the caller's not.
 */
export function sts(state: State, incoming: Incoming): HttpResponse {
  const action = new URLSearchParams(incoming.text).get("Action") ?? incoming.query.get("Action");
  if (incoming.method !== "POST" || action !== "GetCallerIdentity") {
    return stsError(400, "InvalidAction", "Only POST with Action=GetCallerIdentity is known here");
  }
  const signed = parseAuthorization(incoming.headers.authorization);
  if (!signed) return stsError(403, "MissingAuthenticationToken", "Request is missing Authentication Token");
  const key = state.roleKeys.get(signed.accessKeyId);
  const sameToken = key?.sessionToken === incoming.headers["x-amz-security-token"];
  if (!key || !sameToken || !signed.signedHeaders.includes("x-amz-security-token")) {
    return stsError(403, "InvalidClientTokenId", "The security token included in the request is invalid.");
  }
  if (!signed.scope.endsWith("/sts/aws4_request") || !isSignedWith(key.secretAccessKey, signed, incoming)) {
    return stsError(
      403,
      "SignatureDoesNotMatch",
      "The request signature we calculated does not match the signature you provided.",
    );
  }
  if (state.now() >= key.expiration) {
    return stsError(403, "ExpiredToken", "The security token included in the request is expired");
  }
  const suffix = createHash("sha256").update(`${key.accountId} ${key.roleName}`).digest("hex").slice(0, 16);
  const role = `AWSReservedSSO_${key.roleName}_${suffix}`;
  return xml(
    200,
    `<GetCallerIdentityResponse ${NAMESPACE}><GetCallerIdentityResult>` +
      `<Arn>arn:aws:sts::${key.accountId}:assumed-role/${role}/person@example.com</Arn>` +
      `<UserId>AROA${suffix.toUpperCase()}:person@example.com</UserId><Account>${key.accountId}</Account>` +
      `</GetCallerIdentityResult><ResponseMetadata><RequestId>${randomUUID()}</RequestId></ResponseMetadata>` +
      "</GetCallerIdentityResponse>",
  );
}
