import { randomUUID } from "node:crypto";
import { type HttpResponse, type Incoming, xmlResponse } from "./http.ts";
import { authenticate, callerOf, issueKey, type ServiceError } from "./roleSignature.ts";
import type { State } from "./state.ts";

const NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/";

/** An error in the query protocol, which STS, CloudFormation and others share. */
export function queryError({ status, code, message }: ServiceError, namespace: string): HttpResponse {
  return xmlResponse(
    status,
    `<ErrorResponse xmlns="${namespace}"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message>` +
      `</Error><RequestId>${randomUUID()}</RequestId></ErrorResponse>`,
  );
}

/** The result of an action in the query protocol. */
export function queryResult(action: string, result: string, namespace: string): HttpResponse {
  return xmlResponse(
    200,
    `<${action}Response xmlns="${namespace}"><${action}Result>${result}</${action}Result>` +
      `<ResponseMetadata><RequestId>${randomUUID()}</RequestId></ResponseMetadata></${action}Response>`,
  );
}

/** GetCallerIdentity and AssumeRole for role credentials that this emulator issued. */
export function sts(state: State, incoming: Incoming): HttpResponse {
  const query = new URLSearchParams(incoming.text);
  const action = query.get("Action") ?? incoming.query.get("Action");
  if (incoming.method !== "POST" || (action !== "GetCallerIdentity" && action !== "AssumeRole")) {
    const message = "Only POST with Action=GetCallerIdentity or AssumeRole is known here";
    return queryError({ status: 400, code: "InvalidAction", message }, NAMESPACE);
  }
  const key = authenticate(state, incoming, "sts");
  if ("code" in key) return queryError(key, NAMESPACE);
  if (action === "AssumeRole") return assumeRole(state, query.get("RoleArn") ?? "");
  const { arn, userId } = callerOf(key);
  const identity = `<Arn>${arn}</Arn><UserId>${userId}</UserId><Account>${key.accountId}</Account>`;
  return queryResult(action, identity, NAMESPACE);
}

/** Every role may be assumed. */
function assumeRole(state: State, arn: string): HttpResponse {
  const [, accountId, roleName] = /^arn:aws:iam::(\d{12}):role\/([\w+=,.@-]+)$/.exec(arn) ?? [];
  if (accountId === undefined || roleName === undefined) {
    const message = `${arn} is not the ARN of a role`;
    return queryError({ status: 400, code: "ValidationError", message }, NAMESPACE);
  }
  const key = issueKey(state, accountId, roleName);
  const credentials =
    `<Credentials><AccessKeyId>${key.accessKeyId}</AccessKeyId><SecretAccessKey>${key.secretAccessKey}</SecretAccessKey>` +
    `<SessionToken>${key.sessionToken}</SessionToken><Expiration>${new Date(key.expiration).toISOString()}</Expiration></Credentials>`;
  const { arn: assumed, userId } = callerOf(key);
  const user = `<AssumedRoleUser><Arn>${assumed}</Arn><AssumedRoleId>${userId}</AssumedRoleId></AssumedRoleUser>`;
  return queryResult("AssumeRole", credentials + user, NAMESPACE);
}
