import { BlockList, isIP } from "node:net";
import { SsoCredError } from "../errors.ts";
import type { System } from "../platform/system.ts";

export interface ProxyServer {
  host: string;
  port: number;
  /** An `https://` proxy: TLS to the proxy itself. */
  secure: boolean;
  /** The value of Proxy-Authorization. */
  authorization: string | undefined;
  /** The environment variable it came from. */
  variable: string;
}

type Env = System["env"];

/**
 * The proxy for a URL by the environment, as the AWS CLI has it from Python: HTTPS_PROXY or HTTP_PROXY by the URL's scheme,
 * lower case first, an empty lower-case variable switching the other off; a proxy without a scheme is http. NO_PROXY
 * (`noProxy`) exempts hosts; loopback is not exempt by itself. ALL_PROXY is not read, as the AWS CLI does not.
 *
 * @throws SsoCredError("config") for a proxy that is not http or https.
 */
export function proxyFor(url: URL, env: Env): ProxyServer | undefined {
  const [variable, value] = setting(url.protocol === "https:" ? "https_proxy" : "http_proxy", env);
  if (value === "" || isExempt(url, setting("no_proxy", env)[1])) return undefined;
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`;
  const proxy = URL.canParse(text) ? new URL(text) : undefined;
  // The value is not shown: it may hold a password.
  if (!proxy?.hostname) throw new SsoCredError("config", `${variable} is not a URL like http://proxy:8080`);
  if (proxy.protocol !== "http:" && proxy.protocol !== "https:") {
    const scheme = proxy.protocol.slice(0, -1);
    throw new SsoCredError(
      "config",
      `${variable} names a ${scheme} proxy: only http and https are supported`,
    );
  }
  const secure = proxy.protocol === "https:";
  return {
    host: withoutBrackets(proxy.hostname),
    port: Number(proxy.port) || (secure ? 443 : 80),
    secure,
    authorization: proxy.username === "" && proxy.password === "" ? undefined : basic(proxy),
    variable,
  };
}

function setting(lowerCase: string, env: Env): [variable: string, value: string] {
  const variable = env[lowerCase] === undefined ? lowerCase.toUpperCase() : lowerCase;
  return [variable, env[variable]?.trim() ?? ""];
}

function basic({ username, password }: URL): string {
  return `Basic ${Buffer.from(`${decoded(username)}:${decoded(password)}`).toString("base64")}`;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/**
 * NO_PROXY, a comma list: `*`, `host` and `.host` and `*.host` (each with all below it), each with `:port` if wanted,
 * IP addresses, and address blocks (`10.0.0.0/8`, as curl and Go have them).
 */
function isExempt(url: URL, noProxy: string): boolean {
  const host = withoutBrackets(url.hostname).toLowerCase();
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  return noProxy
    .split(",")
    .map((entry) => entry.trim().toLowerCase())
    .some((entry) => entry !== "" && (entry === "*" || matches(entry, host, port)));
}

function matches(entry: string, host: string, port: string): boolean {
  if (entry.includes("/")) return isInBlock(host, entry);
  const [, name = entry, wantedPort] = /^(\[.*\]|[^:]*)(?::(\d+))?$/.exec(entry) ?? [];
  if (wantedPort !== undefined && wantedPort !== port) return false;
  const domain = withoutBrackets(name).replace(/^\*?\.+/, "");
  return domain !== "" && (host === domain || (isIP(host) === 0 && host.endsWith(`.${domain}`)));
}

function isInBlock(host: string, block: string): boolean {
  const [address = "", bits = ""] = block.split("/");
  const family = isIP(address);
  const prefix = /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN;
  if (family === 0 || isIP(host) !== family || !(prefix <= (family === 4 ? 32 : 128))) return false;
  const list = new BlockList();
  const type = family === 4 ? "ipv4" : "ipv6";
  list.addSubnet(address, prefix, type);
  return list.check(host, type);
}

function withoutBrackets(host: string): string {
  return host.replace(/^\[|\]$/g, "");
}
