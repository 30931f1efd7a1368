import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Incoming } from "./http.ts";

export interface Tls {
  key: string;
  cert: string;
  /** The name in the URLs; 127.0.0.1 when absent. */
  hostname?: string;
}

/** A server that keeps its port when it is stopped and started again. */
export interface Listener {
  readonly url: string;
  goDown(): Promise<void>;
  comeBack(): Promise<void>;
}

export type Handler = (incoming: Incoming, response: ServerResponse) => void;

const MAX_BODY_BYTES = 1024 * 1024;

export async function listen(handler: Handler, port: number, tls: Tls | undefined): Promise<Listener> {
  const onRequest = (request: IncomingMessage, response: ServerResponse) => {
    readIncoming(request).then(
      (incoming) => handler(incoming, response),
      () => response.destroy(),
    );
  };
  const server = tls ? createTlsServer({ key: tls.key, cert: tls.cert }, onRequest) : createServer(onRequest);
  const open = (at: number) =>
    new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(at, "127.0.0.1", () => {
        server.off("error", reject);
        resolve();
      });
    });
  await open(port);
  const bound = (server.address() as AddressInfo).port;
  return {
    url: `${tls ? "https" : "http"}://${tls?.hostname ?? "127.0.0.1"}:${bound}`,
    goDown: () =>
      new Promise((resolve) => {
        if (!server.listening) return resolve();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
    comeBack: async () => {
      if (!server.listening) await open(bound);
    },
  };
}

async function readIncoming(request: IncomingMessage): Promise<Incoming> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_BODY_BYTES) throw new Error("The body is too long");
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString();
  const [path = "", query = ""] = (request.url ?? "").split(/\?(.*)/s);
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
  );
  const body = parseBody(headers["content-type"] ?? "", text);
  return {
    method: request.method ?? "",
    path,
    query: new URLSearchParams(query),
    headers,
    text,
    body,
  };
}

function parseBody(type: string, text: string): unknown {
  if (type.startsWith("application/x-www-form-urlencoded"))
    return Object.fromEntries(new URLSearchParams(text));
  if (!type.startsWith("application/json")) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
