import { randomUUID } from "node:crypto";
import { type HttpResponse, type Incoming, xmlResponse } from "./http.ts";
import { authenticate, callerOf, type ServiceError } from "./roleSignature.ts";
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

/** GetCallerIdentity for role credentials that this emulator issued. */
export function sts(state: State, incoming: Incoming): HttpResponse {
  const action = new URLSearchParams(incoming.text).get("Action") ?? incoming.query.get("Action");
  if (incoming.method !== "POST" || action !== "GetCallerIdentity") {
    const message = "Only POST with Action=GetCallerIdentity is known here";
    return queryError({ status: 400, code: "InvalidAction", message }, NAMESPACE);
  }
  const key = authenticate(state, incoming, "sts");
  if ("code" in key) return queryError(key, NAMESPACE);
  const { arn, userId } = callerOf(key);
  const identity = `<Arn>${arn}</Arn><UserId>${userId}</UserId><Account>${key.accountId}</Account>`;
  return queryResult(action, identity, NAMESPACE);
}
