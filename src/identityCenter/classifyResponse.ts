import { parseJsonObject } from "../hit/json.ts";
import type { HttpResponse } from "../http/exchange.ts";
import { authenticationSchemes } from "../http/proxy.ts";
import { serviceUnavailable } from "../http/serviceUnavailable.ts";
import { printable } from "../text/printable.ts";
import { OAUTH_ERRORS, type Service, ServiceError, temporaryFault } from "./serviceError.ts";

/** The statuses with which the services reject a request. A 403 for /token is a firewall's. */
const REJECTIONS: Readonly<Record<Service, readonly number[]>> = {
  oidc: [400, 401],
  portal: [400, 401, 403, 404],
};

/** RFC 6585, section 6: only a captive portal answers so. */
const NETWORK_SIGN_IN = 511;

/** The length to which a service's message is cut, in characters. */
const MAX_MESSAGE = 200;

type Fields = Record<string, unknown>;

interface Expected {
  /** True if an empty response is a success. */
  isEmptyGood?: boolean;
  /** Secrets that were sent and must not come back in a message. */
  secrets?: readonly string[];
}

/**
 * Accepts the service's own success: 2xx with a JSON object. Throws everything else, as one of
 * three:
 * - rejected: ServiceError, the service's own rejection;
 * - temporary: SsoCredError("unavailable") worth a retry, for throttling and transient faults;
 * - not the service: SsoCredError("unavailable"), for a captive portal, proxy or firewall.
 */
export function classifyResponse(
  response: HttpResponse,
  host: string,
  service: Service,
  { isEmptyGood = false, secrets = [] }: Expected = {},
): void {
  const { status, headers, body } = response;
  const isGood = status >= 200 && status < 300;
  if (isGood && body.length === 0 && isEmptyGood) return;
  const fields = parseJsonObject(body.toString("utf8"));
  if (isGood && fields) return;
  const names = status >= 400 && fields ? errorNames(headers, fields) : {};
  const fault = temporaryFault(names.exception ?? "") ?? temporaryFault(names.oauth ?? "");
  const isThrottled = status === 429 || fault === "throttling";
  if (isThrottled) throw temporary(response, host, isThrottled);
  if (status === NETWORK_SIGN_IN) throw notTheService(response, host);
  if (status >= 500 || status === 408 || fault === "transient") throw temporary(response, host, isThrottled);
  const code = REJECTIONS[service].includes(status) ? errorCode(names, service) : undefined;
  if (code === undefined || !fields || containsSecret(code, secrets)) throw notTheService(response, host);
  throw new ServiceError(service, status, code, describe(status, code, fields, secrets));
}

interface ErrorNames {
  exception?: string | undefined;
  oauth?: string | undefined;
}

function errorNames(headers: HttpResponse["headers"], { __type, error }: Fields): ErrorNames {
  return {
    exception: exceptionName(headers["x-amzn-errortype"]) ?? exceptionName(__type),
    oauth: typeof error === "string" && /^[a-z_]{1,60}$/.test(error) ? error : undefined,
  };
}

function errorCode({ exception, oauth }: ErrorNames, service: Service): string | undefined {
  if (service === "portal") return exception;
  if (oauth !== undefined && (exception !== undefined || OAUTH_ERRORS.has(oauth))) return oauth;
  return exception && oauthCode(exception);
}

/** `com.amazonaws.switchboard.portal#UnauthorizedException:http://…` → `UnauthorizedException`. */
function exceptionName(type: unknown): string | undefined {
  if (typeof type !== "string") return undefined;
  const name = type.slice(type.indexOf("#") + 1).split(":")[0] ?? "";
  return /^[A-Za-z][A-Za-z0-9]{0,79}$/.test(name) ? name : undefined;
}

/** `AuthorizationPendingException` → `authorization_pending`. */
function oauthCode(exception: string): string {
  return exception
    .replace(/(?:Exception|Error)$/, "")
    .replace(/(?<=[a-z0-9])(?=[A-Z])/g, "_")
    .toLowerCase();
}

/** `code: message`, without empty words (`UnknownException: UnknownException`) and secrets. */
function describe(status: number, code: string, fields: Fields, secrets: readonly string[]): string {
  const { error_description, message, Message } = fields;
  const texts = [error_description, message, Message].filter((text) => typeof text === "string");
  // Checked before it is cut: a secret cut in half would no longer be found.
  const text = printable(texts.find((each) => each !== "" && each !== code) ?? "", 2 * MAX_MESSAGE);
  const isNamed = !/^unknown(?:Exception|Error)?$/i.test(code);
  const title = isNamed ? code : `HTTP ${status}`;
  if (text === "" || containsSecret(text, secrets)) return isNamed ? title : `${title}, without a reason`;
  return `${title}: ${printable(text, MAX_MESSAGE)}`;
}

/** A shared substring of this length is not a coincidence. */
const FRAGMENT_LENGTH = 12;
/** A shorter value is not a secret and may occur in any text. */
const MIN_SECRET_LENGTH = 8;

/** True if the text holds a secret or a fragment of one: the service may have shortened it. */
function containsSecret(text: string, secrets: readonly string[]): boolean {
  const count = Math.max(0, text.length - FRAGMENT_LENGTH + 1);
  const fragments = Array.from({ length: count }, (_, start) => text.slice(start, start + FRAGMENT_LENGTH));
  return secrets
    .filter(({ length }) => length >= MIN_SECRET_LENGTH)
    .some((secret) => text.includes(secret) || fragments.some((fragment) => secret.includes(fragment)));
}

function temporary({ status, headers }: HttpResponse, host: string, isThrottled: boolean) {
  const what = isThrottled ? "is throttling" : "reports a fault";
  const message = `${host} ${what} (HTTP ${status}): try again ${isThrottled ? "in a minute" : "later"}`;
  const facts = { retry: true, isThrottled, retryAfterMs: retryAfterMs(headers) };
  return serviceUnavailable(message, `${isThrottled ? "throttled, " : ""}HTTP ${status}`, facts);
}

function notTheService(response: HttpResponse, host: string) {
  const reason = `HTTP ${response.status}, not the service's own response`;
  return serviceUnavailable(unexpectedResponse(response, host), reason, { retry: false });
}

function unexpectedResponse({ status, headers, body }: HttpResponse, host: string): string {
  if (status === 407) {
    const schemes = authenticationSchemes(headers["proxy-authenticate"] ?? "").join(", ");
    const wanted = schemes && !/\bbasic\b/i.test(schemes) ? ` by ${schemes}` : "";
    return `a proxy in front of ${host} requires a password${wanted}: set HTTPS_PROXY`;
  }
  if (status === NETWORK_SIGN_IN)
    return `the network in front of ${host} requires its own sign-in (HTTP ${status})`;
  if (status >= 300 && status < 400) {
    return `${host} answered with a redirect (HTTP ${status}): a sign-in page of the network?`;
  }
  const start = body.subarray(0, 100).toString("latin1");
  if (/html/i.test(headers["content-type"] ?? "") || /^\s*</.test(start)) {
    const who = status < 300 ? "a sign-in page of the network" : "a proxy or firewall";
    return `${host} answered with a web page instead of JSON (HTTP ${status}): ${who}?`;
  }
  const isJson = parseJsonObject(body.toString("utf8")) !== undefined;
  const what = isJson ? "gave an unknown answer" : "did not answer in JSON";
  return `${host} ${body.length === 0 ? "answered without content" : what} (HTTP ${status}): is a proxy in between?`;
}

/** From seconds or a date. A date is compared with the Date header, not with our clock. */
function retryAfterMs(headers: HttpResponse["headers"]): number | undefined {
  const value = headers["retry-after"]?.trim() ?? "";
  if (/^\d{1,6}$/.test(value)) return Number(value) * 1000;
  const ms = Date.parse(value) - Date.parse(headers.date ?? "");
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}
