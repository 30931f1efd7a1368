import { expect, test } from "vitest";
import { type ProxyOptions, startProxy, type TestProxy } from "../../support/proxy.ts";
import { temporaryProxy } from "../../support/temporary.ts";
import { CA_FILE, SERVER_TLS } from "../../support/testCertificates.ts";
import {
  accessKeyAt,
  answering,
  expectUnavailable,
  httpServer,
  JSON_TYPE,
  portal,
  ROLE_CREDENTIALS,
  type Seen,
  UNKNOWN_CA,
} from "./servers.ts";

/** Only the proxies can resolve this host. */
const HOST = "portal.sso-cred.test";
const HOSTS = { [HOST]: "127.0.0.1" };

function proxyWith(options: ProxyOptions): Promise<TestProxy> {
  return temporaryProxy({ hosts: HOSTS, ...options });
}

/** The portal under a host name, because loopback is never proxied. */
async function portalBehindProxy(seen: Seen[] = []): Promise<{ url: string; host: string }> {
  const { port } = await portal(seen);
  return { url: `https://${HOST}:${port}`, host: `${HOST}:${port}` };
}

test("the certificate of another host is not accepted", async () => {
  const { port } = await portal();
  const proxy = await proxyWith({ hosts: { "oidc.example": "127.0.0.1" } });
  await expectUnavailable(
    `https://oidc.example:${port}`,
    `oidc.example:${port} presented the certificate of another host: a sign-in page of the network, or a proxy?`,
    { caBundle: CA_FILE, env: { HTTPS_PROXY: proxy.url } },
  );
});

test("https goes through a CONNECT tunnel, to names that only the proxy can resolve", async () => {
  const seen: Seen[] = [];
  const { url, host } = await portalBehindProxy(seen);
  const proxy = await proxyWith({});
  const setting = { caBundle: CA_FILE, env: { HTTPS_PROXY: proxy.url } };
  expect(await accessKeyAt(url, setting)).toBe("ASIAEXAMPLE");
  expect(proxy.requests).toEqual([`CONNECT ${host}`]);
  expect(seen.map(({ headers }) => [headers.host, headers["proxy-authorization"]])).toEqual([
    [host, undefined],
  ]);
  await expect.poll(() => proxy.openConnections()).toBe(0);
});

test("http goes to the proxy as a whole URL", async () => {
  const seen: Seen[] = [];
  const server = await httpServer(answering(seen, 200, JSON_TYPE, ROLE_CREDENTIALS));
  const proxy = await proxyWith({ login: "me:p@ss" });
  const env = { HTTP_PROXY: `http://me:p%40ss@127.0.0.1:${proxy.port}` };
  const host = `${HOST}:${server.port}`;
  expect(await accessKeyAt(`http://${host}`, { env })).toBe("ASIAEXAMPLE");
  expect(proxy.requests).toEqual([
    `GET http://${host}/federation/credentials?role_name=Admin&account_id=111122223333`,
  ]);
  expect(seen).toMatchObject([{ headers: { host, "x-amz-sso_bearer_token": "t" } }]);
});

test("the proxy's user name and password are taken from its URL", async () => {
  const { url } = await portalBehindProxy();
  const proxy = await proxyWith({ login: "DOM\\me:p@ss:w/rd" });
  const env = { https_proxy: `http://DOM%5Cme:p%40ss%3Aw%2Frd@127.0.0.1:${proxy.port}` };
  expect(await accessKeyAt(url, { caBundle: CA_FILE, env })).toBe("ASIAEXAMPLE");
});

test("a proxy may use TLS itself, with the same CAs", async () => {
  const { url, host } = await portalBehindProxy();
  const proxy = await proxyWith({ tls: SERVER_TLS, login: "me:pw" });
  const env = { HTTPS_PROXY: `https://me:pw@127.0.0.1:${proxy.port}` };
  expect(await accessKeyAt(url, { caBundle: CA_FILE, env })).toBe("ASIAEXAMPLE");
  expect(proxy.requests).toEqual([`CONNECT ${host}`]);
  await expectUnavailable(
    url,
    `the certificate of the proxy 127.0.0.1:${proxy.port} (HTTPS_PROXY) ${UNKNOWN_CA}`,
    { env },
  );
});

test.each(["https", "http"])(
  "loopback is not proxied, whatever the environment says (%s)",
  async (scheme) => {
    const { url } =
      scheme === "https" ? await portal() : await httpServer(answering([], 200, JSON_TYPE, ROLE_CREDENTIALS));
    const proxy = await proxyWith({});
    const env = {
      HTTPS_PROXY: proxy.url,
      HTTP_PROXY: proxy.url,
      http_proxy: proxy.url,
      NO_PROXY: "example.com",
    };
    expect(await accessKeyAt(url, { caBundle: CA_FILE, env })).toBe("ASIAEXAMPLE");
    expect(proxy.requests).toEqual([]);
  },
);

test.each(["Negotiate, NTLM", 'NTLM, Negotiate, Digest realm="Basic, or not"'])(
  "a proxy that offers only %s is told from one that rejects the password",
  async (offers) => {
    const { url } = await portalBehindProxy();
    const proxy = await proxyWith({ login: "me:pw", offers });
    const schemes = offers.replace(/ realm.*/, "").replaceAll(", ", " or ");
    const message = `the proxy 127.0.0.1:${proxy.port} (HTTPS_PROXY) requires ${schemes} authentication, and sso-cred supports only Basic: set HTTPS_PROXY to a proxy that accepts Basic, such as a local one (px, cntlm) that signs in to this one`;
    for (const login of ["", "me:wrong@"]) {
      const env = { HTTPS_PROXY: `http://${login}127.0.0.1:${proxy.port}` };
      await expectUnavailable(url, message, { env });
    }
  },
);

test("for a proxy that wants a password, the message says where to put it", async () => {
  const { url } = await portalBehindProxy();
  const proxy = await proxyWith({ login: "me:pw" });
  const name = `the proxy 127.0.0.1:${proxy.port} (HTTPS_PROXY)`;
  await expectUnavailable(
    url,
    `${name} requires a password: set HTTPS_PROXY to http://USER:PASSWORD@HOST:PORT`,
    { env: { HTTPS_PROXY: proxy.url } },
  );
  await expectUnavailable(url, `${name} rejects the user name and password in HTTPS_PROXY`, {
    env: { HTTPS_PROXY: `http://me:wrong@127.0.0.1:${proxy.port}` },
  });
  await expect.poll(() => proxy.openConnections()).toBe(0);
});

test("the message is the same for a plain http request", async () => {
  const server = await httpServer(answering([], 200, JSON_TYPE, ROLE_CREDENTIALS));
  const proxy = await proxyWith({ login: "me:pw" });
  await expectUnavailable(
    `http://${HOST}:${server.port}`,
    `the proxy 127.0.0.1:${proxy.port} (HTTP_PROXY) requires a password: set HTTP_PROXY to http://USER:PASSWORD@HOST:PORT`,
    { env: { HTTP_PROXY: proxy.url } },
  );
});

test.each([403, 502])("a proxy that refuses the tunnel with %i is named", async (status) => {
  const { url, host } = await portalBehindProxy();
  const proxy = await proxyWith({ refuseWith: status });
  await expectUnavailable(
    url,
    `the proxy 127.0.0.1:${proxy.port} (HTTPS_PROXY) refuses to connect to ${host} (HTTP ${status})`,
    { env: { HTTPS_PROXY: proxy.url } },
  );
});

test("a proxy that never responds costs the connect time-out, and its connection is closed", async () => {
  const { url } = await portalBehindProxy();
  const proxy = await proxyWith({ silent: true });
  await expectUnavailable(
    url,
    `the proxy 127.0.0.1:${proxy.port} (HTTPS_PROXY) accepts connections, but did not answer within 200 ms: is it a proxy?`,
    { env: { HTTPS_PROXY: proxy.url }, limits: { connectMs: 200 } },
  );
  await expect.poll(() => proxy.openConnections()).toBe(0);
});

test("a proxy that cannot be reached is named, without its password", async () => {
  const { url } = await portalBehindProxy();
  const proxy = await startProxy();
  await proxy.close();
  await expectUnavailable(
    url,
    `the proxy 127.0.0.1:${proxy.port} (HTTPS_PROXY) refused the connection: is it running?`,
    { env: { HTTPS_PROXY: `http://me:secret@127.0.0.1:${proxy.port}` } },
  );
});
