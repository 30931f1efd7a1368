import type { Answer } from "../http/exchange.ts";
import { ServiceUnavailable, unavailable } from "../http/serviceUnavailable.ts";
import { printable } from "../text/printable.ts";
import { containsSecret } from "./containsSecret.ts";

export type Service = "oidc" | "portal";

/**
 * What the service itself says against a request (HTTP 4xx but 429). `code` is the OAuth `error` word for the OIDC service
 * (`invalid_grant`, `slow_down`, `authorization_pending`, `access_denied`, `expired_token`, `invalid_client` …) and the exception's
 * name for the portal (`UnauthorizedException`, `ForbiddenException`, `ResourceNotFoundException`, `InvalidRequestException`).
 */
export class ServiceError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = "ServiceError";
    this.status = status;
    this.code = code;
  }
}

/** RFC 6749 5.2, RFC 8628 3.5, RFC 7591 3.2.2: believed without a mark of AWS. */
const OAUTH_ERRORS = new Set([
  "access_denied",
  "authorization_pending",
  "expired_token",
  "invalid_client",
  "invalid_client_metadata",
  "invalid_grant",
  "invalid_redirect_uri",
  "invalid_request",
  "invalid_scope",
  "slow_down",
  "unauthorized_client",
  "unsupported_grant_type",
]);

/** Of characters, of what a service says against a request. */
const MOST_SHOWN = 200;

type Fields = Record<string, unknown>;

export interface Asked {
  /** Whether an answer without content is a good one. */
  emptyIsGood?: boolean;
  /** What was sent and must not come back in a message. */
  secrets?: readonly string[];
}

/**
 * Lets the service's own good answer pass: 2xx with a JSON object. Everything else is thrown.
 *
 * @throws ServiceError for the service's own refusal, SsoCredError("unavailable") for all that is not the service's word.
 */
export function classifyResponse(
  answer: Answer,
  host: string,
  service: Service,
  { emptyIsGood = false, secrets = [] }: Asked = {},
): void {
  const { status, body } = answer;
  const isGood = status >= 200 && status < 300;
  if (isGood && body.length === 0 && emptyIsGood) return;
  const fields = jsonObject(body);
  if (status === 429 || status >= 500) throw outOfOrder(answer, host);
  if (isGood && fields) return;
  const code = isGood || !fields ? undefined : refusal(answer, fields, service);
  if (code === undefined || !fields || containsSecret(code, secrets)) throw notTheService(answer, host);
  throw new ServiceError(status, code, describe(code, fields, secrets));
}

function refusal({ status, headers }: Answer, fields: Fields, service: Service): string | undefined {
  if (status < 400) return undefined;
  const exception = exceptionName(headers["x-amzn-errortype"]) ?? exceptionName(fields.__type);
  if (service === "portal") return exception;
  const { error } = fields;
  if (typeof error === "string" && /^[a-z_]{1,60}$/.test(error) && (exception || OAUTH_ERRORS.has(error))) {
    return error;
  }
  return exception === undefined ? undefined : oauthWord(exception);
}

/** `com.amazonaws.switchboard.portal#UnauthorizedException:http://…` → `UnauthorizedException`. */
function exceptionName(type: unknown): string | undefined {
  if (typeof type !== "string") return undefined;
  const name = type.slice(type.indexOf("#") + 1).split(":")[0] ?? "";
  return /^[A-Za-z][A-Za-z0-9]{0,79}$/.test(name) ? name : undefined;
}

/** `AuthorizationPendingException` → `authorization_pending`. */
function oauthWord(exception: string): string {
  return exception
    .replace(/(?:Exception|Error)$/, "")
    .replace(/(?<=[a-z0-9])(?=[A-Z])/g, "_")
    .toLowerCase();
}

function describe(
  code: string,
  { message, Message, error_description }: Fields,
  secrets: readonly string[],
): string {
  const text = [error_description, message, Message].find((part) => typeof part === "string" && part !== "");
  if (typeof text !== "string") return code;
  // Looked at before it is cut: what begins at its end would pass for something else.
  const said = printable(text, 2 * MOST_SHOWN);
  return containsSecret(said, secrets) ? code : `${code}: ${printable(said, MOST_SHOWN)}`;
}

function outOfOrder({ status, headers }: Answer, host: string) {
  const outage = new ServiceUnavailable(`HTTP ${status}`, {
    retry: true,
    status,
    retryAfterMs: retryAfterMs(headers),
  });
  return status === 429
    ? unavailable(`${host} is throttling (HTTP 429): try again in a minute`, outage)
    : unavailable(`${host} is out of order (HTTP ${status}): try again later`, outage);
}

function notTheService({ status, headers, body }: Answer, host: string) {
  const outage = new ServiceUnavailable(`HTTP ${status}, not the service's own answer`, {
    retry: false,
    status,
  });
  if (status === 407) return unavailable(`a proxy before ${host} wants a password: set HTTPS_PROXY`, outage);
  if (status >= 300 && status < 400) {
    return unavailable(
      `${host} answered with a redirect (HTTP ${status}): a sign-in page of the network?`,
      outage,
    );
  }
  const isPage =
    /html/i.test(headers["content-type"] ?? "") || /^\s*</.test(body.subarray(0, 100).toString("latin1"));
  if (isPage) {
    const who = status < 300 ? "a sign-in page of the network" : "a proxy or firewall";
    return unavailable(`${host} answered with a web page instead of JSON (HTTP ${status}): ${who}?`, outage);
  }
  const what = body.length === 0 ? "without content" : jsonObject(body) ? "in unknown words" : "not in JSON";
  return unavailable(`${host} answered ${what} (HTTP ${status}): is there a proxy between?`, outage);
}

/** Retry-After, in seconds or as a date; the latter by the Date header, not by our clock. */
function retryAfterMs(headers: Answer["headers"]): number | undefined {
  const value = headers["retry-after"]?.trim() ?? "";
  if (/^\d{1,6}$/.test(value)) return Number(value) * 1000;
  const ms = Date.parse(value) - Date.parse(headers.date ?? "");
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

function jsonObject(body: Buffer): Fields | undefined {
  try {
    const value: unknown = JSON.parse(body.toString("utf8"));
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Fields)
      : undefined;
  } catch {
    return undefined;
  }
}
