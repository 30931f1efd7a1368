import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { binaryWorld, MAIN_JOB, signedInWorld } from "../support/binaryWorld.ts";
import { runBinary, startBinary } from "../support/run.ts";
import { CA_FILE, SERVER_TLS } from "../support/testCertificates.ts";

describe("variables that Node and OpenSSL obey have no effect off the hit path", () => {
  it.each([
    ["NODE_DEBUG", "http,net,tls,module,fs"],
    ["NODE_DEBUG_NATIVE", "http"],
    ["NODE_TLS_REJECT_UNAUTHORIZED", "0"],
    ["NODE_PENDING_DEPRECATION", "1"],
    ["NODE_OPTIONS", "--require ./evil.js --inspect"],
    ["NODE_PATH", "."],
    ["OPENSSL_CONF", "/nonexistent/openssl.cnf"],
    ["UV_THREADPOOL_SIZE", "1"],
  ])("%s=%s", async (name, value) => {
    const world = await signedInWorld();
    writeFileSync(join(world.home.path, "evil.js"), 'console.log("evil")');
    const { code, stdout, stderr } = await world.run(MAIN_JOB, { [name]: value });
    expect([code, stderr, JSON.parse(stdout).Version]).toEqual([0, "", 1]);
  });

  it("NODE_V8_COVERAGE and NODE_REDIRECT_WARNINGS write nothing", async () => {
    const world = await signedInWorld();
    const folder = join(world.home.path, "written");
    mkdirSync(folder);
    const env = { NODE_V8_COVERAGE: folder, NODE_REDIRECT_WARNINGS: join(folder, "warnings") };
    expect(await world.run(MAIN_JOB, env)).toMatchObject({ code: 0, stderr: "" });
    expect(await world.home.files("written")).toEqual([]);
  });

  it("the sign-in's worker runs without them", async () => {
    const { run, home, browser, noWorker } = await binaryWorld();
    const folder = join(home.path, "written");
    mkdirSync(folder);
    const env = { NODE_V8_COVERAGE: folder, NODE_DEBUG: "http", NODE_TLS_REJECT_UNAUTHORIZED: "0" };
    expect(await run(MAIN_JOB, env)).toMatchObject({ code: 0, stderr: "" });
    await noWorker();
    expect([await home.files("written"), browser.opened().length]).toEqual([[], 1]);
  });
});

it("files of the current folder have no effect", async () => {
  const world = await signedInWorld();
  for (const name of ["package.json", ".npmrc", ".env", "node.config.json", "sea-config.json", "index.js"]) {
    writeFileSync(join(world.home.path, name), '{"type": "evil", "main": 1');
  }
  expect(await world.run()).toMatchObject({ code: 0, stderr: "" });
});

it("a relative trace file and CA bundle are in the caller's folder for the worker, too", async () => {
  const { options, home, center, pending, noWorker } = await binaryWorld({
    center: { tls: SERVER_TLS },
    browser: "ignore",
    env: { SSO_CRED_LOGIN: "device", SSO_CRED_TRACE: "trace.log" },
  });
  const cwd = join(home.path, "work");
  await home.write("work/ca.pem", readFileSync(CA_FILE, "utf8"));
  const untrusted = await runBinary(MAIN_JOB, { ...options, cwd });
  expect([untrusted.code, untrusted.stdout]).toEqual([7, ""]);
  expect(untrusted.stderr).toContain("is signed by an unknown CA: set AWS_CA_BUNDLE");
  const env = { ...options.env, AWS_CA_BUNDLE: "ca.pem" };
  const running = startBinary(MAIN_JOB, { ...options, env, cwd });
  await pending("open");
  center.approveDevice();
  expect(await running.done).toMatchObject({ code: 0, stderr: "" });
  await noWorker();
  expect(await home.read("work/trace.log")).toContain("sign-in succeeded");
});

it("a HOME that does not exist is one sentence: exit 3", async () => {
  const { options, home } = await binaryWorld();
  const nowhere = await runBinary(MAIN_JOB, {
    ...options,
    home: { path: join(home.path, "none") },
    cwd: "/",
  });
  expect([nowhere.code, nowhere.stdout]).toEqual([3, ""]);
  expect(nowhere.stderr).toMatch(/^sso-cred: .*none\/\.aws\/config.*\n( {2}run: .*\n)?$/);
});
