import { expect, test } from "vitest";
import { type BinaryWorld, binaryWorld, expireToken, MAIN_JOB, signedIn } from "../support/binaryWorld.ts";
import type { ProxyOptions } from "../support/proxy.ts";
import { startBinary } from "../support/run.ts";
import { temporaryProxy } from "../support/temporary.ts";
import { CA_FILE, SERVER_TLS } from "../support/testCertificates.ts";

/** A host name that only the proxy can resolve. */
const HOST = "oidc.sso-cred.test";

const proxyWith = (options: ProxyOptions = {}) =>
  temporaryProxy({ hosts: { [HOST]: "127.0.0.1" }, ...options });

/** Identity Center behind TLS, under a name that needs the proxy. */
function worldBehind(env: Record<string, string>, hostname = HOST): Promise<BinaryWorld> {
  return binaryWorld({
    center: { tls: { ...SERVER_TLS, hostname } },
    env: { AWS_CA_BUNDLE: CA_FILE, SSO_CRED_LOGIN: "device", BROWSER: undefined, ...env },
  });
}

/** Makes every kind of request: device sign-in, portal call, refresh, logout. */
async function wholeLife(world: BinaryWorld): Promise<void> {
  const { center, home, options, pending, noWorker, run } = world;
  const login = startBinary(["login", "--use-device-code", "--no-browser"], options);
  const { userCode } = await pending("open");
  center.approveDevice(userCode);
  expect(await login.done).toMatchObject({ code: 0 });
  await noWorker();
  expect(await run()).toMatchObject({ code: 0, stderr: "" });
  await expireToken(home);
  expect(await run([...MAIN_JOB.slice(0, 4), "Admin"])).toMatchObject({ code: 0, stderr: "" });
  const out = await run(["logout"]);
  expect([out.code, out.stdout]).toEqual([0, "Signed out of 'corp'.\n"]);
  expect([
    center.count("/client/register"),
    center.count("/federation/credentials"),
    center.count("/logout"),
  ]).toEqual([1, 2, 1]);
}

test.each<[string, ProxyOptions, (port: number) => Record<string, string>]>([
  ["an open proxy", {}, (port) => ({ HTTPS_PROXY: `http://127.0.0.1:${port}` })],
  [
    "a proxy that wants a name and a password",
    { login: "user:p@ss:w/rd" },
    (port) => ({
      https_proxy: `http://user:p%40ss:w%2Frd@127.0.0.1:${port}`,
      HTTPS_PROXY: "http://127.0.0.1:1",
    }),
  ],
])(
  "every request of sign-in, refresh, role credentials and logout goes through %s",
  async (_, options, env) => {
    const proxy = await proxyWith(options);
    const world = await worldBehind(env(proxy.port));
    await wholeLife(world);
    const answered = world.center.requests.length;
    expect(proxy.requests).toEqual(Array(answered).fill(`CONNECT ${new URL(world.center.url).host}`));
  },
);

const job = (world: BinaryWorld, env: Record<string, string | undefined> = {}) =>
  world.run(MAIN_JOB, { SSO_CRED_WAIT: "10", ...env });

test("a proxy that rejects the password is named with its variable, without the password: exit 7", async () => {
  const proxy = await proxyWith({ login: "user:right" });
  const world = await worldBehind({});
  const HTTPS_PROXY = `http://user:wrong-password@127.0.0.1:${proxy.port}`;
  const trace = `${world.home.path}/trace.log`;
  const wrong = await job(world, { HTTPS_PROXY, SSO_CRED_TRACE: trace });
  expect([wrong.code, wrong.stdout]).toEqual([7, ""]);
  expect(wrong.stderr).toBe(
    `sso-cred: the proxy 127.0.0.1:${proxy.port} (HTTPS_PROXY) rejects the user name and password in HTTPS_PROXY\n  run: sso-cred doctor\n`,
  );
  const none = await job(world, { HTTPS_PROXY: proxy.url });
  expect([none.code, none.stderr]).toEqual([
    7,
    `sso-cred: the proxy 127.0.0.1:${proxy.port} (HTTPS_PROXY) requires a password: set HTTPS_PROXY to http://USER:PASSWORD@HOST:PORT\n`,
  ]);
  await world.noWorker();
  const everything = (await world.home.files()).map(({ path }) => world.home.read(path));
  expect((await Promise.all(everything)).join("\n")).not.toContain("wrong-password");
});

test("loopback bypasses the proxy", async () => {
  const dead = {
    HTTPS_PROXY: "http://127.0.0.1:1",
    HTTP_PROXY: "http://127.0.0.1:1",
    NO_PROXY: "example.com",
  };
  await wholeLife(await worldBehind(dead, "localhost"));
});

test("NO_PROXY bypasses the proxy", async () => {
  const world = await worldBehind({ HTTPS_PROXY: "http://127.0.0.1:1" });
  const through = await job(world);
  expect(through.code).toBe(7);
  expect(through.stderr).toContain("the proxy 127.0.0.1:1 (HTTPS_PROXY) refused the connection");
  const past = await job(world, { NO_PROXY: ".sso-cred.test" });
  expect(past.code).toBe(7);
  expect(past.stderr).toMatch(/cannot (?:find|look up) host oidc\.sso-cred\.test/);
});

test("a proxy that accepts the connection and never responds costs the wait budget: exit 7", async () => {
  const proxy = await proxyWith({ silent: true });
  const world = await worldBehind({ HTTPS_PROXY: proxy.url, SSO_CRED_LOGIN: "never" });
  await signedIn(world);
  const { code, stdout, stderr } = await world.run(MAIN_JOB, { SSO_CRED_WAIT: "2" });
  expect([code, stdout]).toEqual([7, ""]);
  expect(stderr).toContain(
    `the proxy 127.0.0.1:${proxy.port} (HTTPS_PROXY) accepts connections, but did not`,
  );
  // The budget, less the start of the program.
  expect(stderr).toMatch(/ did not answer within (?:[12] s|\d+ ms): /);
});

test("a proxy that rejects the host is unavailable, not a rejection by the service: exit 7", async () => {
  const proxy = await proxyWith({ refuseWith: 403 });
  const world = await worldBehind({ HTTPS_PROXY: proxy.url });
  const { code, stderr } = await job(world);
  expect([code, stderr]).toEqual([
    7,
    `sso-cred: the proxy 127.0.0.1:${proxy.port} (HTTPS_PROXY) refuses to connect to ${new URL(world.center.url).host} (HTTP 403)\n  run: sso-cred doctor\n`,
  ]);
});
