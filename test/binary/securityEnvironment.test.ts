import { join } from "node:path";
import { expect, test } from "vitest";
import { type BinaryWorld, binaryWorld, MAIN_JOB, signedIn, signedInWorld } from "../support/binaryWorld.ts";
import { runBinary } from "../support/run.ts";
import { entriesBelow } from "../support/secrets.ts";
import { CA_FILE, SERVER_TLS } from "../support/testCertificates.ts";

const INTRUDER = 'require("fs").writeFileSync(process.env.HOME + "/intruded", ""); process.exit(66);';
const HOSTILE_CONF = `
openssl_conf = all
nodejs_conf = all
[all]
providers = some
engines = some
ssl_conf = ssl
[some]
evil = evil
[evil]
module = ./evil.so
dynamic_path = ./evil.so
activate = 1
init = 1
[ssl]
system_default = weak
[weak]
MaxProtocol = SSLv3
`;

/** A folder in which every file that some tool would obey is hostile. */
async function hostileFolder({ home }: BinaryWorld): Promise<string> {
  const files: Record<string, string> = {
    ".env": `NODE_OPTIONS=--require=./intruder.cjs\nAWS_ENDPOINT_URL=http://127.0.0.1:1\nSSO_CRED_LOGIN=browser\n`,
    ".npmrc": "node-options=--require=./intruder.cjs\n",
    ".noderc": "--require=./intruder.cjs\n",
    "node.config.json": '{ "nodeOptions": { "import": ["./intruder.cjs"], "require": ["./intruder.cjs"] } }',
    "package.json": '{ "type": "module", "main": "./intruder.cjs", "imports": { "#x": "./intruder.cjs" } }',
    "openssl.cnf": HOSTILE_CONF,
    "evil.so": "not a library",
    config: "[sso-session corp]\nsso_start_url = https://evil.example/start\nsso_region = us-east-1\n",
    ".aws/config": "[sso-session corp]\nsso_start_url = https://evil.example/start\nsso_region = us-east-1\n",
    "icu/icudt.dat": "no data",
  };
  for (const name of [
    "intruder.cjs",
    "cli.js",
    "sdk.js",
    "main.cjs",
    "main.js",
    "sso-cred.js",
    "index.js",
    "sea-prep.blob",
  ]) {
    files[name] = INTRUDER;
  }
  for (const name of ["fs", "node:fs", "crypto", "undici", "@aws-sdk/client-sso", "sso-cred"]) {
    files[`node_modules/${name}/index.js`] = INTRUDER;
  }
  for (const [name, text] of Object.entries(files)) await home.write(`here/${name}`, text);
  return join(home.path, "here");
}

/** All variables at once; environment.test.ts and runtime.test.ts test each of them. */
const HOSTILE: Record<string, string> = {
  NODE_OPTIONS: "--require=./intruder.cjs --import=./intruder.cjs --inspect-brk=0 --tls-keylog=./keys",
  NODE_PATH: "./node_modules",
  NODE_DEBUG: "*",
  NODE_DEBUG_NATIVE: "*",
  NODE_V8_COVERAGE: "./coverage",
  NODE_COMPILE_CACHE: "./compiled",
  NODE_REPL_EXTERNAL_MODULE: "./intruder.cjs",
  NODE_REDIRECT_WARNINGS: "./warnings",
  NODE_PENDING_DEPRECATION: "1",
  NODE_ICU_DATA: "./icu",
  NODE_TLS_REJECT_UNAUTHORIZED: "0",
  NODE_USE_ENV_PROXY: "1",
  NODE_USE_SYSTEM_CA: "1",
  NODE_UNIQUE_ID: "1",
  OPENSSL_CONF: "./openssl.cnf",
  OPENSSL_MODULES: ".",
  OPENSSL_ENGINES: ".",
  OPENSSL_ia32cap: "0x0",
  SSL_CERT_FILE: CA_FILE,
  SSL_CERT_DIR: ".",
  SSLKEYLOGFILE: "./keys",
  UV_THREADPOOL_SIZE: "-1",
  UV_USE_IO_URING: "1",
};

test("a hostile folder and environment change nothing about a portal call, and nothing is written there", async () => {
  const world = await signedInWorld({ env: { SSO_CRED_LOGIN: "never" } });
  const cwd = await hostileFolder(world);
  const before = entriesBelow(cwd).map(({ path }) => path);
  const env = { ...world.options.env, ...HOSTILE };
  const { code, stdout, stderr } = await runBinary(MAIN_JOB, { ...world.options, env, cwd });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(JSON.parse(stdout).AccountId).toBe("123456789011");
  expect(entriesBelow(cwd).map(({ path }) => path)).toEqual(before);
  expect(await world.home.exists("intruded")).toBe(false);
});

test("nothing in it makes an unknown CA trusted", async () => {
  const world = await signedInWorld({ center: { tls: SERVER_TLS }, env: { SSO_CRED_LOGIN: "never" } });
  const cwd = await hostileFolder(world);
  const env = { ...world.options.env, ...HOSTILE };
  const { code, stdout, stderr } = await runBinary(MAIN_JOB, { ...world.options, env, cwd });
  expect([code, stdout]).toEqual([7, ""]);
  expect(stderr).toContain("is signed by an unknown CA: set AWS_CA_BUNDLE");
});

test("a sign-in in the hostile environment starts its worker and the browser without them", async () => {
  const world = await binaryWorld();
  const cwd = await hostileFolder(world);
  const before = entriesBelow(cwd).map(({ path }) => path);
  const env = { ...world.options.env, ...HOSTILE };
  expect(await runBinary(MAIN_JOB, { ...world.options, env, cwd })).toMatchObject({ code: 0, stderr: "" });
  await world.noWorker();
  expect(entriesBelow(cwd).map(({ path }) => path)).toEqual(before);
  expect(await world.home.exists("intruded")).toBe(false);
});

test("NODE_EXTRA_CA_CERTS with a missing file or one without certificates prints nothing on stderr", async () => {
  const world = await signedInWorld({ env: { SSO_CRED_LOGIN: "never" } });
  for (const [index, file] of [
    "/nonexistent/ca.pem",
    await world.home.write("ca.pem", "no PEM"),
    "/",
  ].entries()) {
    const role = ["ReadOnly", "Admin", "ReadOnly"][index] as string;
    const result = await world.run([...MAIN_JOB.slice(0, 4), role], {
      NODE_EXTRA_CA_CERTS: file,
      SSO_CRED_CACHE: "off",
    });
    expect(result).toMatchObject({ code: 0, stderr: "" });
  }
  const secure = await binaryWorld({
    center: { tls: SERVER_TLS },
    env: { SSO_CRED_LOGIN: "never", AWS_CA_BUNDLE: CA_FILE },
  });
  await signedIn(secure);
  expect(await secure.run(MAIN_JOB, { NODE_EXTRA_CA_CERTS: "/nonexistent/ca.pem" })).toMatchObject({
    code: 0,
    stderr: "",
  });
  const unknown = await secure.run([...MAIN_JOB.slice(0, 4), "Admin"], {
    NODE_EXTRA_CA_CERTS: "/nonexistent/ca.pem",
    AWS_CA_BUNDLE: undefined,
  });
  expect(unknown.code).toBe(7);
  expect(unknown.stderr).toMatch(/^sso-cred: the certificate of .* is signed by an unknown CA: [^\n]*\n$/);
});
