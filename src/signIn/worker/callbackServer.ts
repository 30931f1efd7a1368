import { timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { listenOnLoopback } from "../../platform/loopback.ts";
import { printable } from "../../text/printable.ts";
import { callbackPage, type PageOutcome } from "./callbackPage.ts";

export const CALLBACK_PATH = "/oauth/callback";
const MAX_CONNECTIONS = 64;

/** The authorization response (RFC 6749, section 4.1.2) with our state. */
type AuthorizationResponse = { code: string } | { error: string };

export type CallbackServer = Awaited<ReturnType<typeof startCallbackServer>>;

/** Thrown if the system allows no listening socket: a sandbox, seccomp, SELinux, no loopback. */
export class CannotListen extends Error {
  readonly code: string;

  constructor(cause: NodeJS.ErrnoException) {
    super(cause.message, { cause });
    this.code = cause.code ?? "unknown";
  }
}

/**
 * Listens on 127.0.0.1, on a port chosen by the system, for `GET /oauth/callback` with our state.
 * Every other request (path, method, host, state) gets an error page and changes nothing.
 */
export async function startCallbackServer(state: string) {
  const authorization = Promise.withResolvers<AuthorizationResponse>();
  let waiting: ServerResponse | undefined;
  let stray: string | undefined;
  let port = 0;

  const server = createServer(
    { requestTimeout: 10_000, headersTimeout: 5_000, maxHeaderSize: 16_384 },
    (request, response) => {
      const url = callbackUrl(request, port);
      if (!url) return refuse(request, response, "this address only accepts the response to a sign-in");
      const error = url.searchParams.get("error");
      if (!isEqual(url.searchParams.get("state") ?? "", state)) {
        if (error) stray = printable(error, 100);
        return refuse(request, response, "this response does not belong to the sign-in that is waiting here");
      }
      const code = url.searchParams.get("code");
      if (!error && !code)
        return refuse(request, response, "this response contains neither a code nor an error");
      if (waiting) return refuse(request, response, "the sign-in has already been answered");
      waiting = response;
      authorization.resolve(error ? { error: printable(error, 100) } : { code: code as string });
    },
  );
  server.keepAliveTimeout = 1;
  const connections = new Set<Socket>();
  server.on("connection", (connection: Socket) => {
    connections.add(connection);
    connection.once("close", () => connections.delete(connection));
    // The oldest is closed, because the newest may be the browser.
    const [oldest] = [...connections].filter((other) => other !== waiting?.socket);
    if (connections.size > MAX_CONNECTIONS) oldest?.destroy();
  });
  port = await listenOnLoopback(server).catch((error) => {
    throw new CannotListen(error);
  });

  return {
    redirectUri: `http://127.0.0.1:${port}${CALLBACK_PATH}`,
    /** Resolves with the first request that carries our state. The browser waits for `tell`. */
    authorization: authorization.promise,
    /** An error without our state. It changes nothing, but is reported when the wait runs out. */
    strayError: () => stray,
    /** Shows the outcome in the waiting page. */
    tell: (outcome: PageOutcome) =>
      new Promise<void>((resolve) => {
        if (!waiting || waiting.destroyed) return resolve();
        waiting.once("close", resolve);
        send(waiting, outcome);
      }),
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** The request's URL if it is meant for us. The Host header is checked against DNS rebinding. */
function callbackUrl(request: IncomingMessage, port: number): URL | undefined {
  if (request.method !== "GET" || request.headers.host !== `127.0.0.1:${port}`) return undefined;
  const target = request.url ?? "";
  if (target !== CALLBACK_PATH && !target.startsWith(`${CALLBACK_PATH}?`)) return undefined;
  return new URL(target, `http://127.0.0.1:${port}`);
}

function refuse(request: IncomingMessage, response: ServerResponse, why: string): void {
  request.resume();
  send(response, { failed: why });
}

function send(response: ServerResponse, outcome: PageOutcome): void {
  const page = callbackPage(outcome, response.req.headers["accept-language"]);
  response.writeHead("failed" in outcome ? 400 : 200, {
    "content-type": "text/html; charset=utf-8",
    "content-length": Buffer.byteLength(page),
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    connection: "close",
  });
  response.end(page);
}

function isEqual(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
