import { BlockList, isIP } from "node:net";
import { SsoCredError } from "../errors.ts";
import { attempt } from "../platform/attempt.ts";
import { isLoopback } from "../platform/loopback.ts";
import type { System } from "../platform/system.ts";

export type ProxyServer = NonNullable<ReturnType<typeof proxyFor>>;

type Env = System["env"];

/**
 * The proxy for a URL by the environment, as the AWS CLI gets it from Python: HTTPS_PROXY or
 * HTTP_PROXY by the URL's scheme, lower case first, an empty lower-case variable disabling the
 * other; a proxy without a scheme is http. NO_PROXY exempts hosts. ALL_PROXY is ignored. Loopback
 * is never proxied: a token for a local endpoint must not leave the machine in the clear.
 * @throws SsoCredError("config") for a proxy that is not http or https. The value may hold a
 * password, so it is never shown.
 */
export function proxyFor(url: URL, env: Env) {
  if (isLoopback(url.hostname)) return undefined;
  const [variable, value] = setting(url.protocol === "https:" ? "https_proxy" : "http_proxy", env);
  if (value === "" || isExempt(url, setting("no_proxy", env)[1])) return undefined;
  const [, scheme = "http", rest = ""] = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(.*)$/is.exec(value) ?? [];
  const at = rest.lastIndexOf("@");
  const login = rest.slice(0, Math.max(at, 0));
  if (/[/?#]/.test(login)) {
    const message = `${variable} is not a URL: percent-encode special characters in its user name and password (# as %23, / as %2F, ? as %3F, @ as %40)`;
    throw new SsoCredError("config", message);
  }
  const text = `${scheme}://${rest.slice(at + 1)}`;
  const proxy = URL.canParse(text) ? new URL(text) : undefined;
  if (!proxy?.hostname) throw new SsoCredError("config", `${variable} is not a URL like http://proxy:8080`);
  const secure = proxy.protocol === "https:";
  if (!secure && proxy.protocol !== "http:") {
    const message = `${variable} names a ${scheme.toLowerCase()} proxy: only http and https are supported`;
    throw new SsoCredError("config", message);
  }
  return {
    host: withoutBrackets(proxy.hostname),
    port: Number(proxy.port) || (secure ? 443 : 80),
    /** An `https://` proxy: TLS to the proxy itself. */
    secure,
    /** The value of Proxy-Authorization. */
    authorization: login === "" ? undefined : basicAuthorization(login),
    /** The environment variable it came from. */
    variable,
  };
}

function setting(lowerCase: string, env: Env): [variable: string, value: string] {
  const variable = env[lowerCase] === undefined ? lowerCase.toUpperCase() : lowerCase;
  return [variable, env[variable]?.trim() ?? ""];
}

/** Without `URL`: it would end the host at the backslash of `DOMAIN\\user:password@proxy`. */
function basicAuthorization(login: string): string {
  const [, user = "", password = ""] = /^([^:]*):?(.*)$/s.exec(login) ?? [];
  return `Basic ${Buffer.from(`${percentDecoded(user)}:${percentDecoded(password)}`).toString("base64")}`;
}

function percentDecoded(text: string): string {
  return attempt(() => decodeURIComponent(text), text);
}

/**
 * The authentication schemes of a Proxy-Authenticate header (RFC 9110, section 11.6.1), without
 * their parameters: `Negotiate, NTLM, Basic realm="a, b"` → `["Negotiate", "NTLM", "Basic"]`.
 */
export function authenticationSchemes(header: string): string[] {
  const challenges = header.replace(/"(?:[^"\\]|\\.)*"/g, "").split(",");
  return challenges.flatMap((part) => /^\s*([A-Za-z][\w-]{0,30})(?=\s|$)(?!\s*=)/.exec(part)?.[1] ?? []);
}

/**
 * NO_PROXY is a comma-separated list of `*`, hosts (`host`, `.host` and `*.host` all include
 * subdomains; `:port` is optional), IP addresses, and address blocks (`10.0.0.0/8`, as in curl).
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

/** `[::1]` → `::1`, as sockets name an IPv6 host. */
export function withoutBrackets(host: string): string {
  return host.replace(/^\[|\]$/g, "");
}
