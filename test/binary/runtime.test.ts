import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { cacheRole, type Home } from "../support/home.ts";
import { type RunOptions, runBinary, runShell } from "../support/run.ts";
import { temporaryHome } from "../support/temporary.ts";
import { versionLine } from "../support/versionLine.ts";

const HIT = ["my-sso", "--account-id", "123456789011", "--role-name", "ReadOnly"];
const DOCUMENT =
  /^\{"Version":1,"AccessKeyId":"[^"]+","SecretAccessKey":"[^"]+","SessionToken":"[^"]+",.*\}\n$/;

let home: Home;
beforeEach(async () => {
  home = await temporaryHome();
  await cacheRole(home, "my-sso");
});

async function expectHit(options: RunOptions): Promise<void> {
  const { code, stdout, stderr } = await runBinary(HIT, { home, ...options });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(DOCUMENT);
}

async function expectVersion(options: RunOptions): Promise<void> {
  const { code, stdout, stderr } = await runBinary(["--version"], { home, ...options });
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: versionLine(), stderr: "" });
}

describe("the executable", () => {
  test("prints the version of package.json, the front's, Node's and its target", () => expectVersion({}));

  test.each([
    ["NODE_OPTIONS", "--require=./intruder.cjs --trace-warnings --inspect=0"],
    ["NODE_OPTIONS", "--no-such-option"],
    ["NODE_PATH", "./node_modules"],
    ["NODE_DEBUG", "*"],
    ["NODE_DEBUG_NATIVE", "SEA,MODULE"],
    ["NODE_REDIRECT_WARNINGS", "./warnings"],
    ["NODE_PENDING_DEPRECATION", "1"],
    ["NODE_TLS_REJECT_UNAUTHORIZED", "0"],
    ["SSL_CERT_FILE", "./gone.pem"],
    ["OPENSSL_CONF", "./openssl.cnf"],
    ["NODE_REPL_EXTERNAL_MODULE", "./intruder.cjs"],
    ["NODE_COMPILE_CACHE", "./compiled"],
    ["NODE_V8_COVERAGE", "./coverage"],
    ["NODE_CHANNEL_FD", "abc"],
    ["NODE_CHANNEL_FD", "17"],
    ["NODE_EXTRA_CA_CERTS", "./gone.pem"],
  ])("is not affected by %s=%s, on a hit or otherwise", async (variable, value) => {
    await home.write("intruder.cjs", 'process.stderr.write("intruder\\n"); process.exit(66);');
    await home.write("node_modules/fs/index.js", 'process.stderr.write("intruder\\n"); process.exit(66);');
    await home.write(
      "openssl.cnf",
      "nodejs_conf = intruder\n[intruder]\nproviders = nothing\nthis is no line\n",
    );
    const before = (await home.files()).map(({ path }) => path);

    await expectHit({ env: { [variable]: value } });
    await expectVersion({ env: { [variable]: value } });

    expect((await home.files()).map(({ path }) => path)).toEqual(before);
  });

  test("is not affected by the files of the current folder", async () => {
    const intruder = 'process.stderr.write("intruder\\n"); process.exit(66);';
    for (const name of ["cli.js", "sdk.js", "main.cjs", "sso-cred.js", "index.js"])
      await home.write(`here/${name}`, intruder);
    for (const name of ["fs", "node:fs", "vm", "sea"])
      await home.write(`here/node_modules/${name}/index.js`, intruder);
    await home.write("here/package.json", "{ this is no JSON");
    await home.write("here/.env", `NODE_OPTIONS=--require=./index.js\nAWS_ENDPOINT_URL=http://127.0.0.1:1\n`);
    await home.write("here/.npmrc", "node-options=--require=./index.js\n");
    await home.write("here/node.config.json", '{ "nodeOptions": { "import": ["./index.js"] } }');

    await expectHit({ cwd: join(home.path, "here") });
    await expectVersion({ cwd: join(home.path, "here") });
  });

  test("treats Node's options as its own arguments", async () => {
    for (const option of ["--inspect", "--eval=1", "--require=./x.js", "--v8-options", "--build-snapshot"]) {
      const { code, stdout } = await runBinary([option], { home });
      expect({ option, code, stdout }).toEqual({ option, code: 2, stdout: "" });
    }
  });

  test("works from a folder that no longer exists", async () => {
    const command = `mkdir "$HOME/gone" && cd "$HOME/gone" && rmdir "$HOME/gone" && exec "$SSO_CRED" ${HIT.join(" ")}`;
    const { code, stdout, stderr } = await runShell(command, { home });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(DOCUMENT);
  });
});

describe("a hit's standard output", () => {
  const hit = `"$SSO_CRED" ${HIT.join(" ")}`;

  test.each([
    [
      "has no reader any more",
      `{ sleep 0.2; ${hit}; echo $? >status; } 2>said | true; cat said >&2; exit $(cat status)`,
      "sso-cred: nobody reads the output\n",
    ],
    ["is a full disk", `${hit} > /dev/full`, "sso-cred: the output cannot be written (ENOSPC)\n"],
  ])("that %s is exit 7, and one line", async (_, command, stderr) => {
    expect(await runShell(command, { home })).toMatchObject({ code: 7, stdout: "", stderr });
  });

  test("that was closed by the caller counts as /dev/null, which Node opens in its place", async () => {
    const { code, stdout, stderr } = await runShell(`${hit} >&-`, { home });
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  test("is waited for if the pipe is full", async () => {
    // 64 KiB fill a pipe. The reader starts only after the writer has waited for a while.
    const command = `{ head -c 65536 /dev/zero; ${hit}; } | { sleep 0.5; tail -c +65537; }`;
    const { code, stdout, stderr } = await runShell(command, { home });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(DOCUMENT);
  });
});
