import { createServer, request as httpRequest, type IncomingMessage, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, connect, type Socket } from "node:net";

export interface ProxyOptions {
  /** The required `user:password`; absent: none is required. */
  login?: string;
  /** Answers every request with this status instead of passing it on. */
  refuseWith?: number;
  /** The Proxy-Authenticate header of a refusal. */
  offers?: string;
  /** Accepts every request and never responds. */
  silent?: boolean;
  /** Speaks TLS itself: an `https://` proxy. */
  tls?: { key: string; cert: string };
  /** Addresses of names that this machine cannot resolve: `oidc.example` → `127.0.0.1`. */
  hosts?: Record<string, string>;
}

/** An HTTP proxy on loopback: CONNECT tunnels, and plain requests for whole URLs. */
export interface TestProxy {
  /** `http://127.0.0.1:port`, without a login. */
  readonly url: string;
  readonly port: number;
  /** `CONNECT host:port`, `GET http://host/path`, in order, including refused requests. */
  readonly requests: string[];
  /** Connections that are open now. */
  openConnections(): number;
  close(): Promise<void>;
}

export async function startProxy(options: ProxyOptions = {}): Promise<TestProxy> {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const server: Server = options.tls ? createTlsServer(options.tls) : createServer();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.once("close", () => sockets.delete(socket));
  };
  const refusal = (request: IncomingMessage): number | undefined => {
    requests.push(`${request.method} ${request.url}`);
    if (options.refuseWith !== undefined) return options.refuseWith;
    const wanted = options.login && `Basic ${Buffer.from(options.login).toString("base64")}`;
    return wanted && request.headers["proxy-authorization"] !== wanted ? 407 : undefined;
  };

  server.on(options.tls ? "secureConnection" : "connection", keep);
  server.on("connect", (request: IncomingMessage, client: Socket) => {
    const status = refusal(request);
    // Keep reading, or the end of the connection goes unnoticed.
    if (options.silent) return void client.resume().once("end", () => client.destroy());
    if (status !== undefined) {
      const offered = options.offers ? `proxy-authenticate: ${options.offers}\r\n` : "";
      const page = "<html><body>The proxy says no.</body></html>";
      client.end(
        `HTTP/1.1 ${status} No\r\n${offered}content-type: text/html\r\ncontent-length: ${page.length}\r\n\r\n${page}`,
      );
      return;
    }
    const { hostname, port } = new URL(`http://${request.url}`);
    const host = hostname.replace(/^\[|\]$/g, "");
    const target = connect(Number(port), options.hosts?.[host] ?? host, () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      target.pipe(client).pipe(target);
    });
    keep(target);
    target.once("close", () => client.destroy());
    client.once("close", () => target.destroy());
  });
  server.on("request", (request, response) => {
    const status = refusal(request);
    if (options.silent) return;
    if (status !== undefined) {
      const offered = options.offers ? { "proxy-authenticate": options.offers } : {};
      response
        .writeHead(status, { "content-type": "text/html", ...offered })
        .end("<html>The proxy says no.</html>");
      return;
    }
    const { "proxy-authorization": _, ...headers } = request.headers;
    const target = new URL(request.url ?? "");
    target.hostname = options.hosts?.[target.hostname] ?? target.hostname;
    const onward = httpRequest(target, { method: request.method ?? "GET", headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    request.pipe(onward);
  });

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${options.tls ? "https" : "http"}://127.0.0.1:${port}`,
    port,
    requests,
    openConnections: () => sockets.size,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
