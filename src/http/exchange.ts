import type { Socket } from "node:net";
import type { ServiceSettings } from "../model.ts";
import type { System } from "../platform/system.ts";
import { openConnection, proxyHeaders, refusedByProxy } from "./connection.ts";
import { ResponseReader, writeRequest } from "./message.ts";
import { type ProxyServer, proxyFor } from "./proxy.ts";
import { networkFault, serviceUnavailable, TimedOut } from "./serviceUnavailable.ts";
import { type TrustStore, trustStore } from "./trustStore.ts";

/** Limits of one request; times in milliseconds. */
export interface Limits {
  /** Lookup, connection, proxy and TLS together. */
  connectMs: number;
  /** The whole request, if its caller names no deadline. */
  totalMs: number;
  responseBytes: number;
}

const LIMITS: Limits = { connectMs: 5_000, totalMs: 15_000, responseBytes: 8 * 1024 * 1024 };

export interface HttpRequest {
  method: string;
  url: URL;
  headers: Record<string, string>;
  body?: Buffer | undefined;
}

/** A complete response. */
export interface HttpResponse {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

export interface RequestOptions {
  /** Epoch milliseconds at which the caller stops waiting; without it `Limits.totalMs` counts. */
  deadline?: number | undefined;
  /** Epoch milliseconds by which the connection must be open. */
  connectDeadline?: number | undefined;
  /** Ends the request, which rejects with its reason: `system.interrupted` for Ctrl-C. */
  signal?: AbortSignal | undefined;
}

export type HttpEnvironment = Pick<System, "env" | "now">;

export type Exchange = (request: HttpRequest, options?: RequestOptions) => Promise<HttpResponse>;

/**
 * HTTP/1.1 with one connection per request, following no redirects, through the proxies and with
 * the CAs that the environment and the session name. Resolves with every complete response,
 * whatever its status, and closes the connection.
 * @throws SsoCredError("unavailable") in time and with every socket closed; "config" for a proxy or
 * CA bundle that cannot be used.
 */
export function httpExchange(
  session: Pick<ServiceSettings, "caBundle">,
  system: HttpEnvironment,
  limits: Limits = LIMITS,
): Exchange {
  let trust: TrustStore | undefined;
  return async (
    request,
    { deadline, connectDeadline = deadline ?? Number.POSITIVE_INFINITY, signal } = {},
  ) => {
    const { url } = request;
    const totalMs = deadline === undefined ? limits.totalMs : deadline - system.now();
    if (totalMs <= 0) throw noTimeLeft(url);
    const giveUpAt = system.now() + totalMs;
    const connectMs = Math.max(0, Math.min(limits.connectMs, totalMs, connectDeadline - system.now()));
    const { promise: stopped, reject: stop } = Promise.withResolvers<never>();
    stopped.catch(() => {});
    const interrupt = () => stop(signal?.reason);
    signal?.addEventListener("abort", interrupt);
    const connected = giveUpAfter("connect", connectMs, stop);
    const answered = giveUpAfter("response", totalMs, stop);
    let socket: Socket | undefined;
    try {
      signal?.throwIfAborted();
      const proxy = proxyFor(url, system.env);
      trust ??= trustStore(session.caBundle);
      socket = await openConnection(url, proxy, trust, stopped);
      connected();
      // The process may have been suspended in the meantime. A request that was not sent spends no
      // refresh token.
      if (system.now() >= giveUpAt) throw noTimeLeft(url);
      const response = await send(request, socket, proxy, stopped, limits.responseBytes);
      if (response.status === 407 && proxy) throw refusedByProxy(407, response.headers, url.host, proxy);
      return response;
    } catch (error) {
      socket?.destroy();
      throw signal?.aborted ? signal.reason : error;
    } finally {
      answered();
      connected();
      signal?.removeEventListener("abort", interrupt);
    }
  };
}

function noTimeLeft({ host }: URL) {
  return serviceUnavailable(`no time left to ask ${host}`, "deadline", { retry: false });
}

/** A timer that fires this late means that the process was suspended. */
const SUSPENDED_MS = 100;
/** Time for a response that was on its way to a suspended process. */
const ARRIVAL_MS = 1_000;

/**
 * Calls `stop` after `ms` unless the returned function is called first. When a suspended process
 * resumes, its timer and a response that arrived meanwhile are due at once, and the response may
 * hold the only refresh token. So the response is read first, and one still on its way gets another
 * second.
 */
function giveUpAfter(phase: TimedOut["phase"], ms: number, stop: (reason: TimedOut) => void): () => void {
  const begunAt = process.uptime();
  let timer = setTimeout(() => {
    const lateMs = (process.uptime() - begunAt) * 1000 - ms;
    timer = setTimeout(() => stop(new TimedOut(phase, ms)), lateMs > SUSPENDED_MS ? ARRIVAL_MS : 0);
  }, ms);
  return () => clearTimeout(timer);
}

async function send(
  { method, url, headers, body }: HttpRequest,
  socket: Socket,
  proxy: ProxyServer | undefined,
  stopped: Promise<never>,
  maxBytes: number,
): Promise<HttpResponse> {
  const isViaProxy = proxy && url.protocol === "http:";
  const head = {
    method,
    target: isViaProxy ? url.href : `${url.pathname}${url.search}`,
    headers: {
      host: url.host,
      connection: "close",
      // As the AWS CLI: without the header, a proxy may compress (RFC 9110, section 12.5.3).
      "accept-encoding": "identity",
      ...headers,
      ...(method === "POST" && { "content-length": String(body?.length ?? 0) }),
      ...(isViaProxy && proxyHeaders(proxy)),
    },
  };
  writeRequest(socket, head, body);
  try {
    const reader = new ResponseReader(socket);
    const response = await Promise.race([stopped, reader.head()]);
    const content = await Promise.race([stopped, reader.body(method, response, maxBytes)]);
    socket.destroySoon();
    return { ...response, body: content };
  } catch (error) {
    throw networkFault(error, { name: url.host, isProxy: false });
  }
}
