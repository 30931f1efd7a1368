import { test } from "vitest";
import { CALLBACK_PATH } from "../../../src/signIn/worker/callbackServer.ts";
import { anyText, FUZZ_TIMEOUT, fc, runs } from "../../support/fuzzing.ts";
import { callbackRequests, PORT, STATE } from "./properties/callbackRequests.ts";
import { assertUnpolluted } from "./properties/outcome.ts";

const target = fc.oneof(
  fc.constantFrom(
    CALLBACK_PATH,
    `${CALLBACK_PATH}?`,
    `${CALLBACK_PATH}?code=evil`,
    `${CALLBACK_PATH}?code=evil&state=`,
    `${CALLBACK_PATH}?code=evil&state=${STATE.slice(0, -1)}`,
    `${CALLBACK_PATH}?code=evil&state=${STATE.toUpperCase()}`,
    `${CALLBACK_PATH}?code=evil&state[]=${STATE}`,
    `${CALLBACK_PATH}?code=evil&state=x&state=${STATE}`,
    `${CALLBACK_PATH}/?code=evil&state=${STATE}`,
    `${CALLBACK_PATH}#?code=evil&state=${STATE}`,
    `/${CALLBACK_PATH}?code=evil&state=${STATE}`,
    `/oauth%2fcallback?code=evil&state=${STATE}`,
    `http://evil.example${CALLBACK_PATH}?code=evil&state=${STATE}`,
    "*",
    "/favicon.ico",
  ),
  anyText.map((text) => `${CALLBACK_PATH}?error=${encodeURIComponent(text.toWellFormed())}`),
  anyText.map((text) => `${CALLBACK_PATH}?code=c&state=${encodeURIComponent(text.toWellFormed())}`),
  anyText,
);
const method = fc.constantFrom("GET", "get", "POST", "HEAD", "OPTIONS", "PUT", "CONNECT", "TRACE", "PRI", "");
const headerLine = fc.oneof(
  fc.constantFrom(
    `Host: ${PORT}`,
    "Host: evil.example",
    "Host:",
    "Content-Length: 5",
    "Content-Length: -1",
    "Content-Length: 99999999999999999999",
    "Transfer-Encoding: chunked",
    "Transfer-Encoding: chunked, identity",
    "Connection: keep-alive",
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Expect: 100-continue",
    "Origin: https://evil.example",
    "__proto__: x",
  ),
  fc.tuple(anyText, anyText).map(([name, value]) => `${name}: ${value}`),
);
const request = fc
  .record({
    method,
    target,
    version: fc.constantFrom("HTTP/1.1", "HTTP/1.0", "HTTP/2.0", "HTTP/0.9", ""),
    headers: fc.array(headerLine, { maxLength: 6 }),
    end: fc.constantFrom("\r\n", "\n", "\r"),
    body: fc.oneof(fc.constant(""), anyText),
  })
  .map(({ method: verb, target: where, version, headers, end, body }) =>
    Buffer.from([`${verb} ${where} ${version}`, ...headers, "", body].join(end)).toString("latin1"),
  );
const pieces = fc.array(
  fc.oneof(
    { arbitrary: request, weight: 4 },
    fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes).toString("latin1")),
  ),
  { minLength: 1, maxLength: 3 },
);

test(
  "whatever is sent to the callback server, it rejects it and accepts the good redirect afterwards",
  FUZZ_TIMEOUT,
  async () => {
    const server = await callbackRequests();
    await fc.assert(
      fc.asyncProperty(pieces, async (made) => fc.pre(await server.refuses(made))),
      runs(500, 6_000),
    );
    await server.takesTheAnswer();
    assertUnpolluted();
  },
);
