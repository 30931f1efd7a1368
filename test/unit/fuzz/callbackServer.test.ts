import assert from "node:assert/strict";
import { connect } from "node:net";
import { onTestFinished, test } from "vitest";
import { CALLBACK_PATH, startCallbackServer } from "../../../src/signIn/worker/callbackServer.ts";
import { anyText, FUZZ_TIMEOUT, fc, runs } from "../../support/fuzzing.ts";
import { assertUnpolluted } from "./properties/outcome.ts";

const STATE = "0b7e7d3c-5f0f-4a54-9d2b-1c1b7d1f2a3e";
/** The placeholder in requests for the server's address. */
const PORT = "PORT";

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

/** A callback server, and what it makes of requests. */
async function callbackRequests() {
  const server = await startCallbackServer(STATE);
  onTestFinished(server.close);
  const port = Number(new URL(server.redirectUri).port);
  let isAnswered = false;
  void server.authorization.then(() => {
    isAnswered = true;
  });

  /** Sends the pieces one by one. Returns the response at the other side's end or after a wait. */
  function exchange(pieces: readonly Uint8Array[]): Promise<string> {
    return new Promise((resolve) => {
      let answer = "";
      const socket = connect(port, "127.0.0.1", () => {
        for (const piece of pieces) socket.write(piece);
        // An incomplete request will not be completed, so the server sees its end and drops it.
        socket.end();
      });
      socket.setEncoding("latin1").on("data", (text) => {
        answer += text;
      });
      socket.on("error", () => {}).on("close", () => resolve(answer));
    });
  }
  const addressed = (piece: string) => Buffer.from(piece.replaceAll(PORT, `127.0.0.1:${port}`), "latin1");

  return {
    /**
     * Pieces are Latin-1, a byte a character. False for the one valid request, which is not sent.
     */
    async refuses(pieces: readonly string[]): Promise<boolean> {
      if (isTheAnswer(pieces.join(""))) return false;
      const answer = await exchange(pieces.map(addressed));
      assert.match(answer, /^(HTTP\/1\.1 4\d\d |HTTP\/1\.1 100 |$)/);
      assert.ok(!answer.includes(STATE), answer);
      assert.equal(isAnswered, false);
      assert.doesNotMatch(server.strayError() ?? "", /\p{Cc}/u);
      return true;
    },
    async takesTheAnswer(): Promise<void> {
      const target = `${CALLBACK_PATH}?code=good&state=${STATE}`;
      const good = exchange([addressed(`GET ${target} HTTP/1.1\r\nHost: ${PORT}\r\n\r\n`)]);
      assert.deepEqual(await server.authorization, { code: "good" });
      await server.tell({ signedInTo: "corp" });
      assert.match(await good, /^HTTP\/1\.1 200 /);
    },
  };
}

/** True if it contains a request with our state, in any spelling. */
function isTheAnswer(text: string): boolean {
  const requests = text.matchAll(new RegExp(`GET +${CALLBACK_PATH}\\?([^\\s#]*)`, "g"));
  return [...requests].some(([, query]) => new URLSearchParams(query).get("state") === STATE);
}
