import { connect } from "node:net";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  CALLBACK_PATH,
  type CallbackServer,
  startCallbackServer,
} from "../../../src/login/callbackServer.ts";
import { anyText, expectUnpolluted, FUZZ_TIMEOUT, runs } from "./fuzzing.ts";

const STATE = "0b7e7d3c-5f0f-4a54-9d2b-1c1b7d1f2a3e";
let server: CallbackServer;
let port: number;
beforeEach(async () => {
  server = await startCallbackServer(STATE);
  port = Number(new URL(server.redirectUri).port);
});
afterEach(() => server.close());

/** Sends the pieces one by one and answers what came back when the other side, or a short while, has ended it. */
function exchange(pieces: readonly (string | Buffer)[]): Promise<string> {
  return new Promise((resolve) => {
    let answer = "";
    const socket = connect(port, "127.0.0.1", () => {
      for (const piece of pieces) socket.write(piece);
      // What is not complete by now never will be: the server sees the end and gives up on it.
      socket.end();
    });
    socket.setEncoding("latin1").on("data", (text) => {
      answer += text;
    });
    socket.on("error", () => {}).on("close", () => resolve(answer));
  });
}

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
    "Host: PORT",
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
    [`${verb} ${where} ${version}`, ...headers, "", body].join(end),
  );
const pieces = fc.array(
  fc.oneof(
    { arbitrary: request, weight: 4 },
    fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  ),
  { minLength: 1, maxLength: 3 },
);

/** The only request that counts: kept out of what is made up here, whoever's turn of phrase it is. */
function isTheAnswer(text: string): boolean {
  return (
    new RegExp(`GET ${CALLBACK_PATH}\\?\\S*state=${STATE}(?:&|\\s)`).test(text) && !/state=x&/.test(text)
  );
}

test(
  "whatever is sent to the callback server, it refuses, goes on, and takes the good answer after it",
  FUZZ_TIMEOUT,
  async () => {
    let answered = false;
    void server.answer.then(() => {
      answered = true;
    });
    await fc.assert(
      fc.asyncProperty(pieces, async (made) => {
        const sent = made.map((piece) =>
          typeof piece === "string" ? piece.replace("PORT", `127.0.0.1:${port}`) : piece,
        );
        fc.pre(!isTheAnswer(sent.join("")));
        const answer = await exchange(sent);
        expect(answer).toMatch(/^(HTTP\/1\.1 4\d\d |HTTP\/1\.1 100 |$)/);
        expect(answer).not.toContain(STATE);
        expect(answered).toBe(false);
      }),
      runs(500, 6_000),
    );
    expect(server.strayError() ?? "").not.toMatch(/\p{Cc}/u);
    const good = exchange([
      `GET ${CALLBACK_PATH}?code=good&state=${STATE} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`,
    ]);
    expect(await server.answer).toEqual({ code: "good" });
    await server.tell({ signedInTo: "corp" });
    expect(await good).toMatch(/^HTTP\/1\.1 200 /);
    expectUnpolluted();
  },
);
