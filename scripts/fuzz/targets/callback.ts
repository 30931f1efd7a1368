import { callbackRequests, PORT, STATE } from "../../../test/unit/fuzz/properties/callbackRequests.ts";
import { type FuzzTarget, textInputs } from "../target.ts";

const ALMOST = `${STATE.slice(0, -1)}f`;
const request = (target: string, ...headers: string[]) =>
  [`GET ${target} HTTP/1.1`, `Host: ${PORT}`, ...headers, "", ""].join("\r\n");

/** The callback server: what is not the answer with our state changes nothing. */
export const target: FuzzTarget = {
  parts: ["first piece", "second piece"],
  seeds: textInputs(
    [request(`/oauth/callback?code=evil&state=${ALMOST}`), ""],
    [request("/oauth/callback?error=access_denied&state=x"), request("/favicon.ico")],
    [request("/oauth/callback?code=c", "Transfer-Encoding: chunked"), "5\r\nhello\r\n0\r\n\r\n"],
    ["POST /oauth/callback HTTP/1.0\r\nContent-Length: 3\r\n\r\n", "abc"],
  ),
  words: [
    PORT,
    "Expect: 100-continue\r\n",
    "Connection: keep-alive\r\n",
    "Upgrade: websocket\r\nConnection: Upgrade\r\n",
    "Content-Length: 5\r\n",
    "HTTP/1.0",
    "OPTIONS * ",
    "CONNECT ",
    "%00",
    "&state=",
    STATE,
  ],
  batch: 20,
  async open() {
    const server = await callbackRequests();
    return {
      run: (pieces) =>
        server.refuses(pieces.filter(({ length }) => length > 0).map((piece) => piece.toString("latin1"))),
      async close() {
        await server.takesTheAnswer();
        server.close();
      },
    };
  },
};
