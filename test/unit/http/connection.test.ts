import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { isKind } from "../../../src/errors.ts";
import { type ProxyOptions, startProxy, type TestProxy } from "../../support/proxy.ts";
import { CA_FILE, EXPIRED_TLS, OTHER_CA_FILE, SERVER_TLS } from "../../support/testCertificates.ts";
import { inFreshProcess } from "./freshProcess.ts";
import {
  accessTo,
  answering,
  failureAt,
  httpServer,
  httpsServer,
  JSON_TYPE,
  ROLE_CREDENTIALS,
  type Seen,
  type Setting,
  type TestServer,
} from "./servers.ts";

const UNKNOWN_CA =
  "is signed by an unknown CA: set AWS_CA_BUNDLE (or ca_bundle in the AWS config) to a PEM file with that CA, or add it to the system's trust store";

function portal(seen: Seen[] = [], tls = SERVER_TLS): Promise<TestServer> {
  return httpsServer(tls, answering(seen, 200, JSON_TYPE, ROLE_CREDENTIALS));
}

/** Only the proxies can resolve this host. */
const HOST = "portal.sso-cred.test";
const HOSTS = { [HOST]: "127.0.0.1" };

async function proxyWith(options: ProxyOptions): Promise<TestProxy> {
  const proxy = await startProxy({ hosts: HOSTS, ...options });
  onTestFinished(() => proxy.close());
  return proxy;
}

/** The portal under a host name, because loopback is never proxied. */
async function portalBehindProxy(seen: Seen[] = []): Promise<{ url: string; host: string }> {
  const { port } = await portal(seen);
  return { url: `https://${HOST}:${port}`, host: `${HOST}:${port}` };
}

async function accessKeyAt(url: string, setting: Setting): Promise<string> {
  const api = await accessTo(url, setting);
  return (await api.getRoleCredentials("t", "111122223333", "Admin")).accessKeyId;
}

async function expectUnavailable(url: string, setting: Setting, message: string) {
  const error = await failureAt(url, setting);
  expect(error.message).toBe(message);
  expect(isKind(error, "unavailable")).toBe(true);
}

test("a CA bundle is trusted", async () => {
  const { url, port } = await portal();
  expect(await accessKeyAt(url, { caBundle: CA_FILE })).toBe("ASIAEXAMPLE");
  expect(await accessKeyAt(`https://localhost:${port}`, { caBundle: CA_FILE })).toBe("ASIAEXAMPLE");
});

test("without a bundle a private CA is unknown, and the message names the settings", async () => {
  const { url, host } = await portal();
  await expectUnavailable(url, {}, `the certificate of ${host} ${UNKNOWN_CA}`);
});

test("a wrong CA bundle is named with its setting", async () => {
  const { url, host } = await portal();
  const start = `the certificate of ${host} is signed by a CA that is not in ${OTHER_CA_FILE}: correct`;
  const setting = { caBundle: OTHER_CA_FILE, caSetting: "REQUESTS_CA_BUNDLE" };
  await expectUnavailable(url, setting, `${start} REQUESTS_CA_BUNDLE`);
});

test("the message for an expired certificate asks about the clock", async () => {
  const { url, host } = await portal([], EXPIRED_TLS);
  await expectUnavailable(
    url,
    { caBundle: CA_FILE },
    `the certificate of ${host} has expired: is this computer's clock right?`,
  );
});

test("the certificate of another host is not accepted", async () => {
  const { port } = await portal();
  const proxy = await proxyWith({ hosts: { "oidc.example": "127.0.0.1" } });
  await expectUnavailable(
    `https://oidc.example:${port}`,
    { caBundle: CA_FILE, env: { HTTPS_PROXY: proxy.url } },
    `oidc.example:${port} showed the certificate of another host: a sign-in page of the network, or a proxy?`,
  );
});

test("a server without TLS at an https URL is unavailable", async () => {
  const { port } = await httpServer(answering([], 200, JSON_TYPE, ROLE_CREDENTIALS));
  const error = await failureAt(`https://127.0.0.1:${port}`);
  expect(error.message).toMatch(/^no TLS connection to 127\.0\.0\.1:\d+ \((?:ERR_SSL_\w+|EPROTO)\)$/);
});

test.each([
  ["is not there", undefined, "the CA bundle FILE cannot be read (ENOENT): correct AWS_CA_BUNDLE"],
  ["is empty", "", "the CA bundle FILE holds no PEM certificate: correct AWS_CA_BUNDLE"],
  ["is no PEM", "\u0030\u0082binary", "the CA bundle FILE holds no PEM certificate: correct AWS_CA_BUNDLE"],
  [
    "is broken PEM",
    "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    "the CA bundle FILE holds no PEM certificate: correct AWS_CA_BUNDLE",
  ],
])("a CA bundle that %s is a config error", async (_name, content, message) => {
  const file = join(temporaryFolder(), "ca.pem");
  if (content !== undefined) writeFileSync(file, content);
  const { url } = await portal();
  const error = await failureAt(url, { caBundle: file });
  expect(error.message).toBe(message.replace("FILE", file));
  expect(isKind(error, "config")).toBe(true);
});

test.each<[string, (file: string) => void, string]>([
  ["a folder", (file) => mkdirSync(file), "is a folder, not a file"],
  ["a pipe", (file) => execFileSync("mkfifo", [file]), "is not a regular file"],
  ["an endless device", (file) => symlinkSync("/dev/zero", file), "is not a regular file"],
  [
    "longer than any bundle",
    (file) => {
      writeFileSync(file, "");
      truncateSync(file, 17 * 1024 * 1024);
    },
    "is larger than 16 MiB",
  ],
])("a CA bundle that is %s is a config error, at once", async (_name, make, fault) => {
  const file = join(temporaryFolder(), "ca.pem");
  make(file);
  const { url } = await portal();
  const error = await failureAt(url, { caBundle: file });
  expect(error.message).toBe(`the CA bundle ${file} ${fault}: correct AWS_CA_BUNDLE`);
  expect(isKind(error, "config")).toBe(true);
});

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "sso-cred-ca-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** From a process whose OpenSSL and Node have read these variables at their start. */
async function accessKeysUnder(url: string, env: Record<string, string>): Promise<string> {
  const { stdout } = await inFreshProcess(`accessTo(${JSON.stringify(url)})`, env);
  return JSON.parse(stdout);
}

test.runIf(process.platform === "linux")("a CA in the system's trust store is trusted", async () => {
  const { url, host } = await portal();
  expect(await accessKeysUnder(url, { SSL_CERT_FILE: CA_FILE })).toBe("ASIAEXAMPLE ASIAEXAMPLE");
  expect(await accessKeysUnder(url, { SSL_CERT_FILE: OTHER_CA_FILE })).toContain(
    `the certificate of ${host} ${UNKNOWN_CA}`,
  );
});

test("a CA in NODE_EXTRA_CA_CERTS is trusted", async () => {
  const { url } = await portal();
  expect(await accessKeysUnder(url, { NODE_EXTRA_CA_CERTS: CA_FILE })).toBe("ASIAEXAMPLE ASIAEXAMPLE");
});

test("NODE_TLS_REJECT_UNAUTHORIZED changes nothing", async () => {
  const { url, host } = await portal();
  expect(await accessKeysUnder(url, { NODE_TLS_REJECT_UNAUTHORIZED: "0" })).toContain(
    `the certificate of ${host} ${UNKNOWN_CA}`,
  );
});

test("a CA bundle replaces the system's CAs", async () => {
  const { url, host } = await portal();
  const env = { SSL_CERT_FILE: CA_FILE, NODE_EXTRA_CA_CERTS: CA_FILE, AWS_CA_BUNDLE: OTHER_CA_FILE };
  expect(await accessKeysUnder(url, env)).toContain(
    `the certificate of ${host} is signed by a CA that is not in`,
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
    { env },
    `the certificate of the proxy 127.0.0.1:${proxy.port} (HTTPS_PROXY) ${UNKNOWN_CA}`,
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
    const message = `the proxy 127.0.0.1:${proxy.port} (HTTPS_PROXY) wants ${schemes} authentication, and sso-cred supports only Basic: set HTTPS_PROXY to a proxy that accepts Basic, such as a local one (px, cntlm) that signs in to this one`;
    for (const login of ["", "me:wrong@"]) {
      const env = { HTTPS_PROXY: `http://${login}127.0.0.1:${proxy.port}` };
      await expectUnavailable(url, { env }, message);
    }
  },
);

test("for a proxy that wants a password, the message says where to put it", async () => {
  const { url } = await portalBehindProxy();
  const proxy = await proxyWith({ login: "me:pw" });
  const name = `the proxy 127.0.0.1:${proxy.port} (HTTPS_PROXY)`;
  await expectUnavailable(
    url,
    { env: { HTTPS_PROXY: proxy.url } },
    `${name} wants a password: set HTTPS_PROXY to http://USER:PASSWORD@HOST:PORT`,
  );
  await expectUnavailable(
    url,
    { env: { HTTPS_PROXY: `http://me:wrong@127.0.0.1:${proxy.port}` } },
    `${name} refuses the user name and password in HTTPS_PROXY`,
  );
  await expect.poll(() => proxy.openConnections()).toBe(0);
});

test("the message is the same for a plain http request", async () => {
  const server = await httpServer(answering([], 200, JSON_TYPE, ROLE_CREDENTIALS));
  const proxy = await proxyWith({ login: "me:pw" });
  await expectUnavailable(
    `http://${HOST}:${server.port}`,
    { env: { HTTP_PROXY: proxy.url } },
    `the proxy 127.0.0.1:${proxy.port} (HTTP_PROXY) wants a password: set HTTP_PROXY to http://USER:PASSWORD@HOST:PORT`,
  );
});

test.each([403, 502])("a proxy that refuses the tunnel with %i is named", async (status) => {
  const { url, host } = await portalBehindProxy();
  const proxy = await proxyWith({ refuseWith: status });
  await expectUnavailable(
    url,
    { env: { HTTPS_PROXY: proxy.url } },
    `the proxy 127.0.0.1:${proxy.port} (HTTPS_PROXY) refuses to connect to ${host} (HTTP ${status})`,
  );
});

test("a proxy that never responds costs the connect time-out, and its connection is closed", async () => {
  const { url } = await portalBehindProxy();
  const proxy = await proxyWith({ silent: true });
  await expectUnavailable(
    url,
    { env: { HTTPS_PROXY: proxy.url }, limits: { connectMs: 200 } },
    `the proxy 127.0.0.1:${proxy.port} (HTTPS_PROXY) takes connections, but did not answer within 200 ms: is it a proxy?`,
  );
  await expect.poll(() => proxy.openConnections()).toBe(0);
});

test("a proxy that cannot be reached is named, without its password", async () => {
  const { url } = await portalBehindProxy();
  const proxy = await startProxy();
  await proxy.close();
  await expectUnavailable(
    url,
    { env: { HTTPS_PROXY: `http://me:secret@127.0.0.1:${proxy.port}` } },
    `the proxy 127.0.0.1:${proxy.port} (HTTPS_PROXY) refused the connection: is it running?`,
  );
});
