import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type BinaryWorld, binaryWorld, expireToken, MAIN_JOB, signedIn } from "../support/binaryWorld.ts";
import { sessionSection } from "../support/home.ts";
import { runBinary, runShell } from "../support/run.ts";
import { CA_FILE, EXPIRED_TLS, OTHER_CA_FILE, SERVER_TLS } from "../support/testCertificates.ts";

interface TrustOptions {
  env?: Record<string, string>;
  extra?: string[];
  defaults?: string;
  tls?: { key: string; cert: string };
}

function tlsWorld({
  env = {},
  extra = [],
  defaults = "",
  tls = SERVER_TLS,
}: TrustOptions = {}): Promise<BinaryWorld> {
  return binaryWorld({
    config: defaults + sessionSection("corp", extra),
    center: { tls },
    env: { SSO_CRED_LOGIN: "device", BROWSER: undefined, ...env },
  });
}

/** Sign-in (by the worker), portal call and refresh (by the caller). */
async function expectTrusted({ center, home, noWorker, run }: BinaryWorld): Promise<void> {
  const first = await run();
  expect([first.code, first.stdout]).toEqual([4, ""]);
  center.approveDevice(/code (\S+)/.exec(first.stderr)?.[1]);
  await noWorker();
  await expireToken(home);
  expect(await run()).toMatchObject({ code: 0, stderr: "" });
  expect([center.count("/federation/credentials"), center.count("/device_authorization")]).toEqual([1, 1]);
}

test.each<[string, TrustOptions]>([
  ["AWS_CA_BUNDLE", { env: { AWS_CA_BUNDLE: CA_FILE } }],
  ["AWS_CA_BUNDLE over ca_bundle", { env: { AWS_CA_BUNDLE: CA_FILE }, extra: ["ca_bundle = /nonexistent"] }],
  ["ca_bundle in the config", { extra: [`ca_bundle = ${CA_FILE}`] }],
  ["NODE_EXTRA_CA_CERTS", { env: { NODE_EXTRA_CA_CERTS: CA_FILE } }],
  [
    "NODE_EXTRA_CA_CERTS, with a missing ca_bundle in [default],",
    { env: { NODE_EXTRA_CA_CERTS: CA_FILE }, defaults: "[default]\nca_bundle = /nonexistent/ca.pem\n\n" },
  ],
])("a private CA in %s is trusted by caller and worker", async (_, options) => {
  await expectTrusted(await tlsWorld(options));
});

test.each<[string, TrustOptions, string]>([
  [
    "no setting",
    {},
    "is signed by an unknown CA: set AWS_CA_BUNDLE (or ca_bundle in the AWS config) to a PEM file with that CA",
  ],
  [
    "SSL_CERT_FILE, which has no effect,",
    { env: { SSL_CERT_FILE: CA_FILE } },
    "is signed by an unknown CA: set AWS_CA_BUNDLE",
  ],
  [
    "another CA in AWS_CA_BUNDLE",
    { env: { AWS_CA_BUNDLE: OTHER_CA_FILE } },
    `is signed by a CA that is not in ${OTHER_CA_FILE}: correct AWS_CA_BUNDLE`,
  ],
  [
    "another CA in ca_bundle",
    { extra: [`ca_bundle = ${OTHER_CA_FILE}`] },
    `is signed by a CA that is not in ${OTHER_CA_FILE}: correct ca_bundle of [sso-session corp] in the AWS config`,
  ],
  [
    "another CA in REQUESTS_CA_BUNDLE",
    { env: { REQUESTS_CA_BUNDLE: OTHER_CA_FILE } },
    `is signed by a CA that is not in ${OTHER_CA_FILE}: correct REQUESTS_CA_BUNDLE`,
  ],
  [
    "an expired certificate",
    { env: { AWS_CA_BUNDLE: CA_FILE }, tls: EXPIRED_TLS },
    "has expired: is this computer's clock right?",
  ],
])("with %s the certificate is not trusted: exit 7, which says what to set", async (_, options, message) => {
  const world = await tlsWorld(options);
  const { code, stdout, stderr } = await world.run();
  expect([code, stdout]).toEqual([7, ""]);
  expect(stderr).toMatch(
    /^sso-cred: the certificate of 127\.0\.0\.1:\d+ [^\n]*(?:[^?]|\?\n {2}run: sso-cred doctor)\n$/,
  );
  expect(stderr).toContain(message);
  expect(world.center.requests).toEqual([]);
});

test.each<[string, TrustOptions, string]>([
  [
    "is missing",
    { env: { AWS_CA_BUNDLE: "/nonexistent/ca.pem" } },
    "the CA bundle /nonexistent/ca.pem cannot be read (ENOENT): correct AWS_CA_BUNDLE",
  ],
  [
    "is not a file",
    { extra: ["ca_bundle = /dev/null"] },
    "the CA bundle /dev/null is not a regular file: correct ca_bundle of [sso-session corp] in the AWS config",
  ],
])("a CA bundle that %s: exit 3, naming file and setting", async (_, options, message) => {
  const { code, stdout, stderr } = await (await tlsWorld(options)).run();
  expect([code, stdout, stderr]).toEqual([3, "", `sso-cred: ${message}\n`]);
});

test.each(["~/other.pem", "$HOME/other.pem", "other.pem"])(
  "with another CA in AWS_CA_BUNDLE=%s caller and worker name the variable",
  async (path) => {
    const world = await tlsWorld({ env: { AWS_CA_BUNDLE: path } });
    const { home, options } = world;
    copyFileSync(OTHER_CA_FILE, join(home.path, "other.pem"));
    const run = () => runBinary(MAIN_JOB, { ...options, cwd: home.path });
    const said = / is signed by a CA that is not in (\S*)other\.pem: correct AWS_CA_BUNDLE\n$/;
    const byWorker = await run();
    expect([byWorker.code, said.exec(byWorker.stderr)?.[1]]).toEqual([7, `${home.path}/`]);
    await signedIn(world);
    const byCaller = await run();
    expect([byCaller.code, said.exec(byCaller.stderr)?.[1]]).toEqual([
      7,
      path === "other.pem" ? "" : `${home.path}/`,
    ]);
  },
);

const SYSTEM_STORE = "/etc/ssl/certs/ca-certificates.crt";
/** True if this user may mount in a private namespace. */
const canMount =
  existsSync(SYSTEM_STORE) &&
  spawnSync("unshare", ["--mount", "mount", "--bind", CA_FILE, SYSTEM_STORE]).status === 0;

test.skipIf(!canMount)(
  "a private CA in the system's store is trusted, without any setting (needs a mount namespace)",
  async () => {
    const world = await tlsWorld();
    const job = MAIN_JOB.join(" ");
    // Node reads OpenSSL's default file, which on Debian is a link to this one.
    const line = (bundle: string) =>
      `unshare --mount sh -c 'for f in ${SYSTEM_STORE} /usr/lib/ssl/cert.pem /etc/ssl/cert.pem; do [ ! -e $f ] || mount --bind ${bundle} $f; done; exec "$SSO_CRED" ${job}'`;
    const untrusted = await runShell(line(OTHER_CA_FILE), world.options);
    expect(untrusted.code).toBe(7);
    const first = await runShell(line(CA_FILE), world.options);
    expect([first.code, first.stdout]).toEqual([4, ""]);
    world.center.approveDevice();
    await world.noWorker();
    expect(await runShell(line(CA_FILE), world.options)).toMatchObject({ code: 0, stderr: "" });
    expect(readFileSync(SYSTEM_STORE, "utf8")).not.toBe(readFileSync(CA_FILE, "utf8"));
  },
);
