import { type ClientRequest, request as httpRequest, type IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { SsoSession } from "../model.ts";
import type { System } from "../platform/system.ts";
import { openConnection, proxyHeaders, refusedByProxy } from "./connection.ts";
import { type ProxyServer, proxyFor } from "./proxy.ts";
import { networkFault, type Peer, ServiceUnavailable, TimedOut, unavailable } from "./serviceUnavailable.ts";
import { trustStore } from "./trustStore.ts";

/** How long one request may take, in milliseconds, and how long its answer may be. */
export interface Limits {
  /** Lookup, connection, proxy and TLS together. */
  connectMs: number;
  /** The whole request. */
  totalMs: number;
  answerBytes: number;
}

export const LIMITS: Limits = { connectMs: 5_000, totalMs: 15_000, answerBytes: 8 * 1024 * 1024 };

export interface WireRequest {
  method: string;
  url: URL;
  headers: Record<string, string>;
  body?: string | Uint8Array | undefined;
}

/** What a server said, whole. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

export interface Patience {
  /** Epoch milliseconds after which nobody waits for the answer. */
  deadline?: number | undefined;
  /** Epoch milliseconds after which a connection is no longer waited for. */
  connectDeadline?: number | undefined;
  /** Ends the request; it rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
}

/** `interrupted` ends every request. */
export type HttpEnvironment = Pick<System, "env" | "now"> & Partial<Pick<System, "interrupted">>;

export type Exchange = (request: WireRequest, patience?: Patience) => Promise<Answer>;

/**
 * HTTP/1.1, one connection a request, redirects not followed; proxies and CAs as the environment and the session say. Any
 * answer that is complete counts as one, whatever its status.
 *
 * Rejects with SsoCredError: "unavailable" (in time, and with every socket closed), or "config" for a proxy or CA bundle
 * that cannot be used.
 */
export function httpExchange(
  session: Pick<SsoSession, "caBundle">,
  system: HttpEnvironment,
  limits: Limits = LIMITS,
): Exchange {
  const trust = trustStore(session.caBundle);
  return async (
    request,
    { deadline = Number.POSITIVE_INFINITY, connectDeadline = deadline, signal } = {},
  ) => {
    const { url } = request;
    const ended = AbortSignal.any([signal, system.interrupted].filter((one) => one !== undefined));
    const totalMs = Math.min(limits.totalMs, deadline - system.now());
    if (totalMs <= 0) throw noTimeLeft(url);
    const giveUpAt = system.now() + totalMs;
    const connectMs = Math.max(0, Math.min(limits.connectMs, totalMs, connectDeadline - system.now()));
    const over = new AbortController();
    const end = () => over.abort(ended.reason);
    if (ended.aborted) end();
    ended.addEventListener("abort", end, { once: true });
    const connected = giveUpAfter("connect", connectMs, over);
    const answered = giveUpAfter("answer", totalMs, over);
    let socket: Socket | undefined;
    try {
      const proxy = proxyFor(url, system.env);
      socket = await openConnection(url, proxy, trust, over.signal);
      connected();
      // The process was stopped meanwhile: what is not sent is not lost.
      if (system.now() >= giveUpAt) throw noTimeLeft(url);
      const answer = await ask(request, socket, proxy, over.signal, limits.answerBytes);
      if (answer.status === 407 && proxy) throw refusedByProxy(407, proxy, url.host);
      return answer;
    } catch (error) {
      if (ended.aborted) throw ended.reason;
      throw error;
    } finally {
      answered();
      connected();
      ended.removeEventListener("abort", end);
      socket?.destroy();
    }
  };
}

function noTimeLeft({ host }: URL) {
  return unavailable(`no time left to ask ${host}`, new ServiceUnavailable("deadline", { retry: false }));
}

/** A timer that is later than this tells that the process was stopped. */
const STOPPED_MS = 100;
/** For what was on its way to a process that was stopped. */
const ARRIVAL_MS = 1_000;

/**
 * Aborts, unless the function that it answers is called first. To a process that was stopped the end of its time and the answer come at
 * once, and the answer may hold the only refresh token: it is read before, and what is still on its way gets a second.
 */
function giveUpAfter(phase: TimedOut["phase"], ms: number, over: AbortController): () => void {
  const begunAt = process.uptime();
  let timer = setTimeout(() => {
    const lateMs = (process.uptime() - begunAt) * 1000 - ms;
    timer = setTimeout(() => over.abort(new TimedOut(phase, ms)), lateMs > STOPPED_MS ? ARRIVAL_MS : 0);
  }, ms);
  return () => clearTimeout(timer);
}

async function ask(
  { method, url, headers, body }: WireRequest,
  socket: Socket,
  proxy: ProxyServer | undefined,
  signal: AbortSignal,
  answerBytes: number,
): Promise<Answer> {
  const whole = proxy && url.protocol === "http:";
  const peer: Peer = { name: url.host, isProxy: false };
  const request = httpRequest({
    method,
    path: whole ? url.href : `${url.pathname}${url.search}`,
    headers: { host: url.host, ...headers, ...(whole ? proxyHeaders(proxy) : {}) },
    createConnection: () => socket,
  });
  const stop = () => request.destroy();
  signal.addEventListener("abort", stop, { once: true });
  try {
    if (signal.aborted) throw signal.reason;
    const response = await responseTo(request, body);
    return await readWhole(response, url.host, answerBytes);
  } catch (error) {
    throw networkFault(signal.aborted ? signal.reason : error, peer);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

function responseTo(request: ClientRequest, body: WireRequest["body"]): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.on("response", resolve);
    request.on("error", reject);
    request.on("close", () => reject(Object.assign(new Error("closed"), { code: "ECONNRESET" })));
    request.end(body);
  });
}

async function readWhole(response: IncomingMessage, host: string, most: number): Promise<Answer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > most) {
      throw unavailable(
        `${host} sends an answer without end`,
        new ServiceUnavailable("endless answer", { retry: false }),
      );
    }
    chunks.push(chunk);
  }
  const headers = Object.entries(response.headers).map(([name, value]) => [name, String(value)]);
  return {
    status: response.statusCode ?? 0,
    headers: Object.fromEntries(headers),
    body: Buffer.concat(chunks),
  };
}
