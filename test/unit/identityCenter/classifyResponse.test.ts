import { expect, test } from "vitest";
import { unavailableFacts } from "../../../src/http/serviceUnavailable.ts";
import { classifyResponse } from "../../../src/identityCenter/classifyResponse.ts";
import { type Service, ServiceError } from "../../../src/identityCenter/serviceError.ts";

function judged(service: Service, status: number, headers: Record<string, string>, body: unknown): unknown {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  try {
    classifyResponse({ status, headers, body: Buffer.from(text) }, "aws.test", service);
  } catch (error) {
    return error;
  }
  return "good";
}

const type = (value: string) => ({ "x-amzn-errortype": value });
const none = {};

test.each<[Service, number, Record<string, string>, unknown, string]>([
  ["oidc", 400, none, { error: "authorization_pending" }, "authorization_pending"],
  ["oidc", 400, none, { error: "expired_token" }, "expired_token"],
  ["oidc", 400, none, { error: "access_denied" }, "access_denied"],
  ["oidc", 400, none, { error: "invalid_grant" }, "invalid_grant"],
  ["oidc", 401, none, { error: "invalid_client" }, "invalid_client"],
  ["oidc", 400, type("InvalidGrantException"), { error: "invalid_grant" }, "invalid_grant"],
  ["oidc", 400, type("AuthorizationPendingException:http://x/"), {}, "authorization_pending"],
  ["oidc", 400, none, { __type: "com.amazonaws.ssooidc#ExpiredTokenException" }, "expired_token"],
  ["oidc", 401, none, { __type: "InvalidClientException" }, "invalid_client"],
  ["oidc", 400, none, { __type: "InvalidClientMetadataException" }, "invalid_client_metadata"],
  ["oidc", 400, type("UnsupportedGrantTypeException"), {}, "unsupported_grant_type"],
  ["oidc", 400, type("NewFangledException"), { error: "new_fangled" }, "new_fangled"],
  [
    "portal",
    401,
    none,
    { __type: "com.amazonaws.switchboard.portal#UnauthorizedException" },
    "UnauthorizedException",
  ],
  ["portal", 403, type("ForbiddenException"), { message: "No access" }, "ForbiddenException"],
  ["portal", 404, type("ResourceNotFoundException:"), {}, "ResourceNotFoundException"],
  ["portal", 400, type("InvalidRequestException"), {}, "InvalidRequestException"],
])("%s %i %j %j is the service's rejection %s", (service, status, headers, body, code) => {
  const error = judged(service, status, headers, body);
  expect(error).toBeInstanceOf(ServiceError);
  expect(error).toMatchObject({ status, code });
});

test.each<[Service, number, Record<string, string>, unknown]>([
  ["oidc", 400, none, {}],
  ["oidc", 403, none, { error: "access_denied" }],
  ["oidc", 403, none, { error: "invalid_grant" }],
  ["oidc", 403, type("ForbiddenException"), { message: "Forbidden" }],
  ["oidc", 404, type("ResourceNotFoundException"), {}],
  ["portal", 402, type("ForbiddenException"), {}],
  ["oidc", 400, none, { error: "blocked_by_policy" }],
  ["oidc", 403, none, { error: { code: 1 } }],
  ["oidc", 400, none, { error: "access_denied ".repeat(100) }],
  ["portal", 403, none, { error: "access_denied" }],
  ["portal", 403, none, { message: "No access" }],
  ["portal", 403, type("<script>"), {}],
  ["portal", 403, none, { __type: ["UnauthorizedException"] }],
  ["portal", 403, type("ForbiddenException"), "<html>"],
  ["portal", 403, type("ForbiddenException"), "[]"],
  ["portal", 403, type("ForbiddenException"), ""],
  ["portal", 302, type("ForbiddenException"), {}],
  ["portal", 0, none, {}],
  ["portal", 200, none, ""],
  ["portal", 204, none, ""],
])("%s %i %j %j does not come from the service", (service, status, headers, body) => {
  expect(unavailableFacts(judged(service, status, headers, body))).toMatchObject({
    retry: false,
    reason: `HTTP ${status}, not the service's own response`,
  });
});

test.each<[Service, number, Record<string, string>, unknown, boolean]>([
  ["oidc", 400, none, { error: "slow_down" }, true],
  ["oidc", 400, type("com.amazonaws.ssooidc#SlowDownException"), {}, true],
  ["oidc", 400, none, { error: "invalid_request", __type: "ThrottlingException" }, true],
  ["oidc", 400, type("InvalidRequestException"), { error: "slow_down" }, true],
  ["oidc", 403, none, { error: "temporarily_unavailable" }, false],
  ["oidc", 400, none, { error: "server_error" }, false],
  ["oidc", 400, type("RequestTimeoutException:http://x/"), {}, false],
  ["oidc", 400, type("InternalServerException"), { error: "internal_server_error" }, false],
  ["portal", 400, type("ThrottlingException"), {}, true],
  ["portal", 400, none, { __type: "com.amazonaws.switchboard.portal#TooManyRequestsException" }, true],
  ["portal", 403, type("RequestLimitExceeded"), {}, true],
  ["portal", 400, type("ServiceUnavailableException"), {}, false],
  ["portal", 408, none, "<html>", false],
  ["portal", 429, none, "", true],
  ["portal", 503, none, "", false],
])("%s %i %j %j means try again later (throttled: %s)", (service, status, headers, body, isThrottled) => {
  const facts = unavailableFacts(judged(service, status, headers, body));
  expect([facts?.retry, facts?.isThrottled ?? false]).toEqual([true, isThrottled]);
});

test.each<[Service, number, string, boolean]>([
  ["oidc", 400, "InvalidGrantException", true],
  ["oidc", 401, "InvalidClientException", true],
  ["oidc", 400, "UnauthorizedClientException", true],
  ["oidc", 400, "ExpiredTokenException", true],
  ["oidc", 400, "InvalidRequestException", false],
  ["oidc", 400, "AccessDeniedException", false],
  ["oidc", 401, "AccessDeniedException", false],
  ["oidc", 401, "InvalidRequestException", false],
  ["portal", 401, "UnauthorizedException", true],
  ["portal", 403, "ForbiddenException", false],
  ["portal", 403, "UnauthorizedException", false],
  ["portal", 400, "InvalidRequestException", false],
])("%s %i %s needs a new sign-in: %s", (service, status, exception, needsSignIn) => {
  expect(judged(service, status, type(exception), {})).toMatchObject({ needsSignIn });
});

test.each([
  ["UnknownException", { message: "UnknownException" }, "HTTP 403, without a reason"],
  ["UnknownError", {}, "HTTP 403, without a reason"],
  ["UnknownException", { message: "Account is closed" }, "HTTP 403: Account is closed"],
  ["ForbiddenException", { message: "ForbiddenException" }, "ForbiddenException"],
  ["ForbiddenException", { message: "", Message: "No access" }, "ForbiddenException: No access"],
])("%s with %j is shown as: %s", (exception, body, message) => {
  expect(judged("portal", 403, type(exception), body)).toMatchObject({ status: 403, message });
});

test("only a JSON object is a success, or an empty response where one is expected", () => {
  expect(judged("portal", 200, none, {})).toBe("good");
  expect(judged("portal", 200, none, { __type: "X", error: "invalid_grant" })).toBe("good");
  const empty = { status: 200, headers: {}, body: Buffer.alloc(0) };
  expect(() => classifyResponse(empty, "aws.test", "portal", { isEmptyGood: true })).not.toThrow();
  const page = { ...empty, body: Buffer.from("<html>") };
  expect(() => classifyResponse(page, "aws.test", "portal", { isEmptyGood: true })).toThrow("web page");
});

test("a service's message is cut, and its control characters are removed", () => {
  const error = judged("oidc", 400, none, {
    error: "invalid_request",
    error_description: `a\u001b[31m\r\nb\u202e${"x".repeat(1000)}`,
  }) as ServiceError;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: their absence is the point
  expect(error.message).toMatch(/^invalid_request: a [^\u0000-\u001f\u202e]*…$/);
  expect(error.message.length).toBeLessThan(250);
});

test.each([
  [{ "retry-after": "7" }, 7_000],
  [{ "retry-after": " 0 " }, 0],
  [{ "retry-after": "Sun, 22 Nov 2026 12:00:09 GMT", date: "Sun, 22 Nov 2026 12:00:00 GMT" }, 9_000],
  [{ "retry-after": "Sun, 22 Nov 2026 12:00:00 GMT", date: "Sun, 22 Nov 2026 12:00:09 GMT" }, 0],
  [{ "retry-after": "Sun, 22 Nov 2026 12:00:09 GMT" }, undefined],
  [{ "retry-after": "-3" }, undefined],
  [{ "retry-after": "soon" }, undefined],
  [{}, undefined],
])("%j asks for a pause of %s ms", (headers, retryAfterMs) => {
  for (const status of [429, 503]) {
    const facts = unavailableFacts(judged("portal", status, headers as Record<string, string>, {}));
    expect(facts).toMatchObject({ retry: true, retryAfterMs });
  }
});
