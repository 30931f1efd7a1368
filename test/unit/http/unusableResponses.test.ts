import { test } from "vitest";
import { answering, expectUnavailable, httpServer, JSON_TYPE } from "./servers.ts";

const HTML = { "content-type": "text/html" };
const PAGE = "<!doctype html><title>Welcome to the hotel</title>";
const TEXT = { "content-type": "text/plain" };
const THROTTLED = { ...JSON_TYPE, "x-amzn-errortype": "TooManyRequestsException" };
const PORTAL = "a sign-in page of the network?";
const BETWEEN = "is a proxy in between?";
const page = (status: number, guess: string) =>
  `answered with a web page instead of JSON (HTTP ${status}): ${guess}`;

/** Status, headers and body of a response, and what the message says after the server's name. */
const unusable: [
  name: string,
  status: number,
  headers: Record<string, string>,
  body: string,
  says: string,
][] = [
  ["a captive portal", 200, HTML, PAGE, page(200, PORTAL)],
  ["a captive portal that claims JSON", 200, JSON_TYPE, PAGE, page(200, PORTAL)],
  [
    "a captive portal's redirect",
    302,
    { location: "http://login.hotel/?token=1" },
    "",
    `answered with a redirect (HTTP 302): ${PORTAL}`,
  ],
  ["a proxy's 403 page", 403, HTML, PAGE, page(403, "a proxy or firewall?")],
  [
    "a 403 in JSON without a mark of the service",
    403,
    JSON_TYPE,
    '{"message":"blocked"}',
    `gave an unknown answer (HTTP 403): ${BETWEEN}`,
  ],
  [
    "a 401 in another service's words",
    401,
    JSON_TYPE,
    '{"error":"invalid_token"}',
    `gave an unknown answer (HTTP 401): ${BETWEEN}`,
  ],
  ["a 404 in plain text", 404, TEXT, "not here", `did not answer in JSON (HTTP 404): ${BETWEEN}`],
  ["an empty answer", 200, JSON_TYPE, "", `answered without content (HTTP 200): ${BETWEEN}`],
  ["broken JSON", 200, JSON_TYPE, '{"roleCredentials":{', `did not answer in JSON (HTTP 200): ${BETWEEN}`],
  ["JSON that is no object", 200, JSON_TYPE, '["a"]', `did not answer in JSON (HTTP 200): ${BETWEEN}`],
];

const busy: typeof unusable = [
  ["throttling", 429, THROTTLED, "{}", "is throttling (HTTP 429): try again in a minute"],
  ["throttling in HTML", 429, HTML, PAGE, "is throttling (HTTP 429): try again in a minute"],
  [
    "a fault of the service",
    500,
    JSON_TYPE,
    '{"__type":"InternalServerException"}',
    "reports a fault (HTTP 500): try again later",
  ],
  ["an unavailable service", 503, HTML, PAGE, "reports a fault (HTTP 503): try again later"],
];

test.each([
  ...unusable.map((row) => [...row, false] as const),
  ...busy.map((row) => [...row, true] as const),
])("%s is unavailable, in one line", async (_name, status, headers, body, says, retry) => {
  const server = await httpServer(answering([], status, headers, body));
  await expectUnavailable(server.url, `${server.host} ${says}`, { retry });
});

test("a 407 although no proxy is set is unavailable, in one line", async () => {
  const server = await httpServer(answering([], 407, HTML, PAGE));
  const message = `a proxy in front of ${server.host} requires a password: set HTTPS_PROXY`;
  await expectUnavailable(server.url, message, { retry: false });
});

test("a captive portal's 511 is unavailable, and not tried again", async () => {
  const server = await httpServer(answering([], 511, HTML, PAGE));
  const message = `the network in front of ${server.host} requires its own sign-in (HTTP 511)`;
  await expectUnavailable(server.url, message, { retry: false });
});

const GOOD = { accessKeyId: "a", secretAccessKey: "b", sessionToken: "c", expiration: 1_795_348_035_000 };
const changed = (change: object) => JSON.stringify({ roleCredentials: { ...GOOD, ...change } });

test.each([
  ["{}", "without accessKeyId"],
  ['{"roleCredentials":null}', "without accessKeyId"],
  ['{"roleCredentials":[1]}', "without accessKeyId"],
  [changed({ sessionToken: undefined }), "without sessionToken"],
  [changed({ accessKeyId: 7 }), "with a malformed accessKeyId"],
  [changed({ secretAccessKey: "" }), "with a malformed secretAccessKey"],
  [changed({ expiration: "2026-11-22T12:00:00Z" }), "with a malformed expiration"],
  [changed({ expiration: -1 }), "with a malformed expiration"],
  [changed({ expiration: 9e15 }), "with a malformed expiration"],
  [changed({}).replace("1795348035000", `1${"0".repeat(400)}`), "with a malformed expiration"],
])("the credentials %s are unavailable, and the message names the field", async (body, fault) => {
  const server = await httpServer(answering([], 200, JSON_TYPE, body));
  const message = `${server.host} answered GetRoleCredentials ${fault}`;
  await expectUnavailable(server.url, message, { retry: false });
});
