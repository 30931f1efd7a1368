import { expect, test } from "vitest";
import { isKind } from "../../../src/errors.ts";
import { authenticationSchemes, proxyFor } from "../../../src/http/proxy.ts";

const aws = new URL("https://portal.sso.eu-west-1.amazonaws.com/federation/credentials");
const plain = new URL("http://sso.example.com:8080/");

test.each([
  ["http://proxy:3128", "proxy", 3128, false],
  ["proxy:3128", "proxy", 3128, false],
  ["http://proxy", "proxy", 80, false],
  ["http://proxy/", "proxy", 80, false],
  [" http://proxy:3128 ", "proxy", 3128, false],
  ["https://proxy", "proxy", 443, true],
  ["https://proxy:8443", "proxy", 8443, true],
  ["http://[::1]:3128", "::1", 3128, false],
  ["10.0.0.1:3128", "10.0.0.1", 3128, false],
])("HTTPS_PROXY=%s is %s, port %i, TLS: %s", (value, host, port, secure) => {
  expect(proxyFor(aws, { HTTPS_PROXY: value })).toEqual({
    host,
    port,
    secure,
    authorization: undefined,
    variable: "HTTPS_PROXY",
  });
});

test.each([
  ["http://user:pass@proxy", "user:pass"],
  ["user:pass@proxy:80", "user:pass"],
  ["http://DOMAIN%5Cuser:p%40ss%3Aw%25rd@proxy", "DOMAIN\\user:p@ss:w%rd"],
  ["http://user:100%@proxy", "user:100%"],
  ["http://user@proxy", "user:"],
  ["http://DOMAIN\\user:pass@proxy:8080", "DOMAIN\\user:pass"],
  ["DOMAIN\\user:pass@proxy:8080", "DOMAIN\\user:pass"],
  ["http://user@corp.example.com:p:a@ss@proxy:8080", "user@corp.example.com:p:a@ss"],
  ["http://user%40corp.example.com:pass@proxy", "user@corp.example.com:pass"],
  ["http://user:p[a]s%5es|<>{}^` @proxy", "user:p[a]s^s|<>{}^` "],
  ["http://us%C3%A9r:p@proxy", "usér:p"],
])("the user name and password in %s are sent decoded", (value, login) => {
  const { authorization } = proxyFor(aws, { HTTPS_PROXY: value }) ?? {};
  expect(authorization).toBe(`Basic ${Buffer.from(login).toString("base64")}`);
});

test("the URL's scheme chooses the variable, and lower case comes first", () => {
  const env = { HTTP_PROXY: "http://a", HTTPS_PROXY: "http://b", https_proxy: "http://c" };
  expect(proxyFor(plain, env)).toMatchObject({ host: "a", variable: "HTTP_PROXY" });
  expect(proxyFor(aws, env)).toMatchObject({ host: "c", variable: "https_proxy" });
  expect(proxyFor(aws, { HTTP_PROXY: "http://a", ALL_PROXY: "http://b" })).toBeUndefined();
});

test("an empty lower-case variable disables the upper-case one", () => {
  expect(proxyFor(aws, { HTTPS_PROXY: "http://b", https_proxy: "" })).toBeUndefined();
  expect(proxyFor(aws, { HTTPS_PROXY: "http://b", NO_PROXY: "*", no_proxy: "" })).toBeDefined();
});

test.each([
  ["socks5://secret:word@proxy", "HTTPS_PROXY names a socks5 proxy: only http and https are supported"],
  ["http://", "HTTPS_PROXY is not a URL like http://proxy:8080"],
  ["http://secret:word@proxy:port", "HTTPS_PROXY is not a URL like http://proxy:8080"],
  ...[
    "http://secret:wo#rd@proxy:8080",
    "secret:12/3@proxy",
    "http://secret:12?3@proxy",
    "http://se/cret:word@proxy",
  ].map((value) => [
    value,
    "HTTPS_PROXY is not a URL: percent-encode special characters in its user name and password (# as %23, / as %2F, ? as %3F, @ as %40)",
  ]),
])("HTTPS_PROXY=%s is a config error that shows no password", (value, message) => {
  const fault = failure(() => proxyFor(aws, { HTTPS_PROXY: value }));
  expect(fault.message).toBe(message);
  expect(isKind(fault, "config")).toBe(true);
});

function failure(work: () => unknown): Error {
  try {
    work();
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing failed");
}

const HOST = "https://oidc.eu-west-1.amazonaws.com";

test.each([
  ["*", HOST, true],
  ["other, *", HOST, true],
  ["oidc.eu-west-1.amazonaws.com", HOST, true],
  ["OIDC.EU-WEST-1.AMAZONAWS.COM", HOST, true],
  ["amazonaws.com", HOST, true],
  [".amazonaws.com", HOST, true],
  ["*.amazonaws.com", HOST, true],
  ["foo,,  .amazonaws.com ,bar", HOST, true],
  ["amazonaws.com:443", HOST, true],
  [".amazonaws.com:443", HOST, true],
  ["amazonaws.com:8443", HOST, false],
  ["amazonaws.com:8443", `${HOST}:8443`, true],
  ["azonaws.com", HOST, false],
  [".azonaws.com", HOST, false],
  ["eu-west-1", HOST, false],
  ["xoidc.eu-west-1.amazonaws.com", HOST, false],
  ["", HOST, false],
  [".", HOST, false],
  [" , ", HOST, false],
  ["10.1.2.3", "https://10.1.2.3:8443", true],
  ["10.1.2.3:8443", "https://10.1.2.3:8443", true],
  ["10.1.2.3:8444", "https://10.1.2.3:8443", false],
  ["1.2.3", "https://10.1.2.3:8443", false],
  ["10.0.0.0/8", "https://10.1.2.3:8443", true],
  ["11.0.0.0/8", "https://10.1.2.3:8443", false],
  ["10.0.0.0/33", "https://10.1.2.3:8443", false],
  ["10.0.0.0/x", "https://10.1.2.3:8443", false],
  ["10.0.0.0/8", HOST, false],
  ["fd00::1", "https://[fd00::1]:8443", true],
  ["[fd00::1]", "https://[fd00::1]:8443", true],
  ["[fd00::1]:8443", "https://[fd00::1]:8443", true],
  ["[fd00::1]:8444", "https://[fd00::1]:8443", false],
  ["fe80::/10", "https://[fe80::1]:8443", true],
  ["localhost", "https://10.1.2.3", false],
])("NO_PROXY=%s exempts %s: %s", (noProxy, url, exempt) => {
  const proxy = proxyFor(new URL(url), { HTTPS_PROXY: "http://proxy:3128", NO_PROXY: noProxy });
  expect(proxy === undefined).toBe(exempt);
});

test.each([
  "http://localhost",
  "https://localhost",
  "http://127.0.0.1:4566",
  "https://127.9.9.9",
  "https://[::1]",
])("%s is never proxied", (url) => {
  const env = { HTTP_PROXY: "http://proxy", HTTPS_PROXY: "socks5://unusable", NO_PROXY: "" };
  expect(proxyFor(new URL(url), env)).toBeUndefined();
});

test.each([
  ["Basic", ["Basic"]],
  ['Basic realm="a, NTLM b"', ["Basic"]],
  ['NTLM, Negotiate, Basic realm="x\\" , y", charset="UTF-8"', ["NTLM", "Negotiate", "Basic"]],
  ["Negotiate YIIB/w==, NTLM", ["Negotiate", "NTLM"]],
  ["", []],
  ["<script>", []],
])("Proxy-Authenticate: %s offers %j", (header, schemes) => {
  expect(authenticationSchemes(header)).toEqual(schemes);
});
