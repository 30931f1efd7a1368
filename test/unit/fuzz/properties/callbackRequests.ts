import assert from "node:assert/strict";
import { connect } from "node:net";
import { onTestFinished } from "vitest";
import { CALLBACK_PATH, startCallbackServer } from "../../../../src/signIn/worker/callbackServer.ts";

export const STATE = "0b7e7d3c-5f0f-4a54-9d2b-1c1b7d1f2a3e";
/** The placeholder in requests for the server's address. */
export const PORT = "PORT";

/** The callback server rejects any request, keeps running, and then accepts the valid one. */
export async function callbackRequests() {
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
