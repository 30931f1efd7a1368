import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import { expect, test } from "vitest";
import { isKind } from "../../../src/errors.ts";
import { AWS_ROOTS } from "../../../src/http/awsRoots.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { CA_FILE, EXPIRED_TLS, OTHER_CA_FILE } from "../../support/testCertificates.ts";
import { inFreshProcess } from "./freshProcess.ts";
import {
  accessKeyAt,
  answering,
  expectUnavailable,
  failureAt,
  httpServer,
  JSON_TYPE,
  portal,
  ROLE_CREDENTIALS,
  UNKNOWN_CA,
} from "./servers.ts";

test("a CA bundle is trusted", async () => {
  const { url, port } = await portal();
  expect(await accessKeyAt(url, { caBundle: CA_FILE })).toBe("ASIAEXAMPLE");
  expect(await accessKeyAt(`https://localhost:${port}`, { caBundle: CA_FILE })).toBe("ASIAEXAMPLE");
});

test("a CA bundle is trusted whole, also with a byte order mark", async () => {
  const file = join(temporaryFolder(), "ca.pem");
  writeFileSync(file, `\ufeff${readFileSync(CA_FILE, "utf8")}${readFileSync(OTHER_CA_FILE, "utf8")}`);
  const { url } = await portal();
  expect(await accessKeyAt(url, { caBundle: file })).toBe("ASIAEXAMPLE");
});

test("without a bundle a private CA is unknown, and the message names the settings", async () => {
  const { url, host } = await portal();
  await expectUnavailable(url, `the certificate of ${host} ${UNKNOWN_CA}`);
});

test("a wrong CA bundle is named with its setting", async () => {
  const { url, host } = await portal();
  const start = `the certificate of ${host} is signed by a CA that is not in ${OTHER_CA_FILE}: correct`;
  const setting = { caBundle: OTHER_CA_FILE, caSetting: "REQUESTS_CA_BUNDLE" };
  await expectUnavailable(url, `${start} REQUESTS_CA_BUNDLE`, setting);
});

test("the message for an expired certificate asks about the clock", async () => {
  const { url, host } = await portal([], EXPIRED_TLS);
  await expectUnavailable(url, `the certificate of ${host} has expired: is this computer's clock right?`, {
    caBundle: CA_FILE,
  });
});

test("a server without TLS at an https URL is unavailable", async () => {
  const { port } = await httpServer(answering([], 200, JSON_TYPE, ROLE_CREDENTIALS));
  const error = await failureAt(`https://127.0.0.1:${port}`);
  expect(error.message).toMatch(/^no TLS connection to 127\.0\.0\.1:\d+ \((?:ERR_SSL_\w+|EPROTO)\)$/);
});

test.each([
  ["is not there", undefined, "the CA bundle FILE cannot be read (ENOENT): correct AWS_CA_BUNDLE"],
  ["is empty", "", "the CA bundle FILE contains no PEM certificate: correct AWS_CA_BUNDLE"],
  [
    "is no PEM",
    "\u0030\u0082binary",
    "the CA bundle FILE contains no PEM certificate: correct AWS_CA_BUNDLE",
  ],
  [
    "is broken PEM",
    "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    "the CA bundle FILE contains no PEM certificate: correct AWS_CA_BUNDLE",
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

/** From a process whose OpenSSL and Node have read these variables at their start. */
async function accessKeysUnder(url: string, env: Record<string, string>): Promise<string> {
  const { stdout } = await inFreshProcess(`accessTo(${JSON.stringify(url)})`, env);
  return JSON.parse(stdout);
}

test.runIf(process.platform === "linux")(
  "a CA in the system's trust store is trusted (on Linux)",
  async () => {
    const { url, host } = await portal();
    expect(await accessKeysUnder(url, { SSL_CERT_FILE: CA_FILE })).toBe("ASIAEXAMPLE ASIAEXAMPLE");
    expect(await accessKeysUnder(url, { SSL_CERT_FILE: OTHER_CA_FILE })).toContain(
      `the certificate of ${host} ${UNKNOWN_CA}`,
    );
  },
);

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

test("the roots that are tried first are those of Amazon Trust Services, and Node trusts each", () => {
  const names = AWS_ROOTS.map((pem) => /CN=(.*)$/m.exec(new X509Certificate(pem).subject)?.[1]);
  expect(names).toEqual([
    "Amazon Root CA 1",
    "Amazon Root CA 2",
    "Amazon Root CA 3",
    "Amazon Root CA 4",
    "Starfield Services Root Certificate Authority - G2",
  ]);
  expect(AWS_ROOTS.filter((pem) => !rootCertificates.includes(pem))).toEqual([]);
});
