import { connect as connectTcp, isIP, type Socket } from "node:net";
import type { SecureContext } from "node:tls";
import type { SsoCredError } from "../errors.ts";
import { ResponseReader, writeRequest } from "./message.ts";
import { authenticationSchemes, type ProxyServer, withoutBrackets } from "./proxy.ts";
import {
  isUnknownIssuer,
  networkFault,
  type Peer,
  serviceUnavailable,
  TimedOut,
} from "./serviceUnavailable.ts";
import type { TrustStore } from "./trustStore.ts";

/**
 * Opens a connection to the URL's host: directly, through a CONNECT tunnel (https), or to the proxy
 * (http, where the request names the whole URL). Node's own `proxyEnv` is not used: it leaks the
 * socket of a proxy that never responds, ignores proxies written without a scheme, shows the
 * proxy's password in an error, and reads NO_PROXY differently from the AWS CLI.
 * @throws SsoCredError("unavailable") naming the host or the proxy. Every socket is closed then.
 */
export async function openConnection(
  url: URL,
  proxy: ProxyServer | undefined,
  trust: TrustStore,
  stopped: Promise<never>,
): Promise<Socket> {
  const secure = url.protocol === "https:";
  const target = { host: withoutBrackets(url.hostname), port: Number(url.port) || (secure ? 443 : 80) };
  const targetPeer: Peer = { name: url.host, isProxy: false, caBundle: trust.bundle };
  let peer = targetPeer;
  let used: SecureContext | undefined;
  let phase: TimedOut["phase"] = "connect";
  try {
    return await open();
  } catch (error) {
    if (used && isUnknownIssuer(error) && trust.isWiderThan(used)) {
      return await openConnection(url, proxy, trust, stopped);
    }
    throw networkFault(error instanceof TimedOut ? new TimedOut(phase, error.ms) : error, peer);
  }

  async function open(): Promise<Socket> {
    if (!proxy) {
      const socket = await connect(target);
      return secure ? await handshake(socket, target.host) : socket;
    }
    peer = { ...targetPeer, name: proxyName(proxy), isProxy: true };
    let socket = await connect(proxy);
    if (proxy.secure) socket = await handshake(socket, proxy.host);
    if (!secure) return socket;
    await openTunnel(socket, `${url.hostname}:${target.port}`, proxy, stopped);
    peer = targetPeer;
    return await handshake(socket, target.host);
  }

  async function connect({ host, port }: { host: string; port: number }): Promise<Socket> {
    if (isIP(host) === 0) phase = "lookup";
    // Node's default of 250 ms per address is too short for a slow network.
    const socket = connectTcp({ host, port, noDelay: true, autoSelectFamilyAttemptTimeout: 1000 });
    socket.once("lookup", () => {
      phase = "connect";
    });
    const opening = opened(socket, "connect", stopped);
    try {
      // Parses the CAs, which takes 20 ms of CPU, while the network opens the connection.
      if (secure || proxy?.secure) trust.context();
    } catch (error) {
      opening.catch(() => {});
      socket.destroy();
      throw error;
    }
    await opening;
    phase = "handshake";
    return socket;
  }

  async function handshake(socket: Socket, host: string): Promise<Socket> {
    used = trust.context();
    const options = {
      socket,
      host,
      ...(isIP(host) === 0 ? { servername: host } : {}),
      secureContext: used,
      // NODE_TLS_REJECT_UNAUTHORIZED has no effect.
      rejectUnauthorized: true,
      ALPNProtocols: ["http/1.1"],
    };
    return await opened(process.getBuiltinModule("node:tls").connect(options), "secureConnect", stopped);
  }
}

/** Resolves with the open socket. Destroys it on an error, or when `stopped` rejects first. */
async function opened(socket: Socket, event: "connect" | "secureConnect", stopped: Promise<never>) {
  const opening = new Promise((resolve, reject) => {
    socket.once(event, resolve);
    // Never removed: an error without a listener would end the process.
    socket.on("error", reject);
  });
  try {
    await Promise.race([stopped, opening]);
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

async function openTunnel(socket: Socket, authority: string, proxy: ProxyServer, stopped: Promise<never>) {
  try {
    writeRequest(socket, {
      method: "CONNECT",
      target: authority,
      headers: { host: authority, ...proxyHeaders(proxy) },
    });
    const reader = new ResponseReader(socket);
    const { status, headers } = await Promise.race([stopped, reader.head()]);
    if (status > 299) throw refusedByProxy(status, headers, authority, proxy);
    reader.release();
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

export function proxyHeaders({ authorization }: ProxyServer): Record<string, string> {
  return authorization === undefined ? {} : { "proxy-authorization": authorization };
}

/** The error for a proxy that refuses a tunnel, or a plain request, to the host `authority`. */
export function refusedByProxy(
  status: number,
  headers: { "proxy-authenticate"?: string | undefined },
  authority: string,
  proxy: ProxyServer,
): SsoCredError {
  return serviceUnavailable(refusalMessage(), `proxy ${status}`, { retry: status >= 500 });

  function refusalMessage(): string {
    const { variable } = proxy;
    const name = proxyName(proxy);
    if (status !== 407) return `${name} refuses to connect to ${authority} (HTTP ${status})`;
    const schemes = authenticationSchemes(headers["proxy-authenticate"] ?? "");
    if (schemes.length > 0 && !schemes.some((scheme) => /^basic$/i.test(scheme))) {
      return `${name} requires ${schemes.join(" or ")} authentication, and sso-cred supports only Basic: set ${variable} to a proxy that accepts Basic, such as a local one (px, cntlm) that signs in to this one`;
    }
    return proxy.authorization === undefined
      ? `${name} requires a password: set ${variable} to http://USER:PASSWORD@HOST:PORT`
      : `${name} rejects the user name and password in ${variable}`;
  }
}

function proxyName({ host, port, variable }: ProxyServer): string {
  return `the proxy ${isIP(host) === 6 ? `[${host}]` : host}:${port} (${variable})`;
}
