import { createServer as createHttpServer, type RequestListener } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from "node:net";
import { expect, onTestFinished } from "vitest";
import { isKind } from "../../../src/errors.ts";
import type { Limits } from "../../../src/http/exchange.ts";
import { unavailableFacts } from "../../../src/http/serviceUnavailable.ts";
import { type IdentityCenter, identityCenter } from "../../../src/identityCenter/identityCenter.ts";
import { SERVER_TLS } from "../../support/testCertificates.ts";

export interface TestServer {
  url: string;
  /** The name in messages: host:port. */
  host: string;
  port: number;
  openConnections(): number;
}

export interface Seen {
  method: string;
  path: string;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** Sockets that a test handles itself. */
export function rawServer(onSocket: (socket: Socket) => void): Promise<TestServer> {
  return started(createTcpServer(onSocket), "http");
}

export function httpServer(listener: RequestListener): Promise<TestServer> {
  return started(createHttpServer(listener), "http");
}

function httpsServer(tls: { key: string; cert: string }, listener: RequestListener): Promise<TestServer> {
  return started(createHttpsServer(tls, listener), "https");
}

/** Gives each request the same response, and records the requests. */
export function answering(seen: Seen[], status: number, headers: Record<string, string>, body: string) {
  const listener: RequestListener = async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const { method = "", url = "" } = request;
    seen.push({ method, path: url, headers: request.headers, body: Buffer.concat(chunks).toString() });
    response.writeHead(status, headers).end(body);
  };
  return listener;
}

async function started(server: Server, scheme: string): Promise<TestServer> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.once("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  );
  const { port } = server.address() as AddressInfo;
  const host = `127.0.0.1:${port}`;
  return { url: `${scheme}://${host}`, host, port, openConnections: () => sockets.size };
}

interface Setting {
  env?: Record<string, string | undefined>;
  caBundle?: string;
  /** The setting that named it. */
  caSetting?: string;
  limits?: Partial<Limits>;
  onStep?: (what: string, details?: Readonly<Record<string, unknown>>) => void;
}

/** The tested service access, with both services at one URL, on the real clock. */
export async function accessTo(url: string, setting: Setting = {}): Promise<IdentityCenter> {
  const { env = {}, caBundle, caSetting = "AWS_CA_BUNDLE", limits, onStep = () => {} } = setting;
  return identityCenter(
    {
      name: "corp",
      loginArguments: "corp",
      region: "eu-west-1",
      endpoints: { ssoUrl: url, oidcUrl: url, useFips: false, useDualstack: false },
      caBundle: caBundle === undefined ? undefined : { path: caBundle, setting: caSetting },
    },
    { env, now: Date.now, trace: { step: onStep } },
    { connectMs: 5_000, totalMs: 15_000, responseBytes: 8 * 1024 * 1024, ...limits },
  );
}

export const ROLE_CREDENTIALS = JSON.stringify({
  roleCredentials: {
    accessKeyId: "ASIAEXAMPLE",
    secretAccessKey: "secret",
    sessionToken: "session",
    expiration: 1_795_348_035_678,
  },
});

/** A portal that gives the same credentials to everybody. */
export function portal(seen: Seen[] = [], tls = SERVER_TLS): Promise<TestServer> {
  return httpsServer(tls, answering(seen, 200, JSON_TYPE, ROLE_CREDENTIALS));
}

export async function accessKeyAt(url: string, setting: Setting): Promise<string> {
  const api = await accessTo(url, setting);
  return (await api.getRoleCredentials("t", "111122223333", "Admin")).accessKeyId;
}

export const UNKNOWN_CA =
  "is signed by an unknown CA: set AWS_CA_BUNDLE (or ca_bundle in the AWS config) to a PEM file with that CA, or add it to the system's trust store";

export const JSON_TYPE = { "content-type": "application/json" };

/** The error of one GetRoleCredentials. Fails the test if there is none. */
export async function failureAt(url: string, setting: Setting = {}): Promise<Error> {
  const api = await accessTo(url, setting);
  return await api.getRoleCredentials("token-of-the-test", "111122223333", "Admin").then(
    () => {
      throw new Error("the request succeeded");
    },
    (error: Error) => error,
  );
}

/** Expects a failure that is unavailable; `retry`: whether the request may be repeated. */
export async function expectUnavailable(
  url: string,
  message: string,
  { retry, ...setting }: Setting & { retry?: boolean } = {},
) {
  const error = await failureAt(url, setting);
  expect(error.message).toBe(message);
  expect(isKind(error, "unavailable")).toBe(true);
  if (retry !== undefined) expect(unavailableFacts(error)?.retry).toBe(retry);
}
