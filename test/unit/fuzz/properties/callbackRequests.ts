import assert from "node:assert/strict";
import { connect } from "node:net";
import { CALLBACK_PATH, startCallbackServer } from "../../../../src/signIn/worker/callbackServer.ts";

export const STATE = "0b7e7d3c-5f0f-4a54-9d2b-1c1b7d1f2a3e";
/** In requests: where the server listens. */
export const PORT = "PORT";

/** Whatever is sent to the callback server, it refuses, goes on, and takes the good answer after it. */
export async function callbackRequests() {
  const server = await startCallbackServer(STATE);
  const port = Number(new URL(server.redirectUri).port);
  let isAnswered = false;
  void server.answer.then(() => {
    isAnswered = true;
  });

  /** Sends the pieces one by one and answers what came back when the other side, or a short while, has ended it. */
  function exchange(pieces: readonly Uint8Array[]): Promise<string> {
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
  const addressed = (piece: string) => Buffer.from(piece.replaceAll(PORT, `127.0.0.1:${port}`), "latin1");

  return {
    /** Pieces are Latin-1: each character a byte. False for what is the one good answer, and was not sent. */
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
      assert.deepEqual(await server.answer, { code: "good" });
      await server.tell({ signedInTo: "corp" });
      assert.match(await good, /^HTTP\/1\.1 200 /);
    },
    close: () => server.close(),
  };
}

/** Whether a request that brings our state is in it, whatever turn of phrase it uses. */
function isTheAnswer(text: string): boolean {
  const requests = text.matchAll(new RegExp(`GET +${CALLBACK_PATH}\\?([^\\s#]*)`, "g"));
  return [...requests].some(([, query]) => new URLSearchParams(query).get("state") === STATE);
}
