import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { home, install, installed, release, SAYS_VERSION } from "../support/installer.ts";
import { BARE_PATH, type RunOptions } from "../support/run.ts";

describe("install.sh rejects", () => {
  const refused = async (args: readonly string[], code: number, message: string, options?: RunOptions) => {
    const result = await install(args, options);
    expect(result).toMatchObject({ code, stdout: "", stderr: `install: ${message}\n` });
  };

  test("a file that differs from SHA256SUMS, and keeps what is installed", async () => {
    await install(["--from", await release(SAYS_VERSION("1.0.0"))]);
    const file = await release(SAYS_VERSION("2.0.0"));
    await writeFile(file, SAYS_VERSION("evil"));

    await refused(
      ["--from", file],
      1,
      "the SHA-256 of sso-cred-test is not the one in SHA256SUMS; nothing was installed",
    );
    expect(await readFile(installed(), "utf8")).toBe(SAYS_VERSION("1.0.0"));
    expect(await readdir(join(home.path, ".local/bin"))).toEqual(["sso-cred"]);
  });

  test("a file without SHA256SUMS beside it", async () => {
    const file = await home.write("alone", SAYS_VERSION("1.0.0"));
    await refused(["--from", file], 1, `there is no SHA256SUMS beside ${file} to check it against`);
  });

  test("a file that SHA256SUMS does not name", async () => {
    await release(SAYS_VERSION("1.0.0"));
    const file = await home.write("release/cred-test", SAYS_VERSION("1.0.0"));
    await refused(["--from", file], 1, "SHA256SUMS does not name cred-test");
  });

  test("a file that is not there", async () => {
    await refused(["--from", "/nowhere/sso-cred"], 1, "there is no file /nowhere/sso-cred");
  });

  test("an executable for another machine", async () => {
    const file = await release("\x7fELF of another machine");
    const result = await install(["--from", file]);
    expect(result.code).toBe(1);
    expect(result.stderr).toMatch(/^install: .*sso-cred-test does not run on this machine \(.+\)\n$/);
    expect(await home.exists(".local/bin/sso-cred")).toBe(false);
  });

  test.each([
    "http://example.com/sso-cred",
    "http://127.0.0.1:80@example.com/sso-cred",
    "http://localhost:80@example.com/",
  ])("an address that is not https: %s", async (address) => {
    await refused(["--from", address], 2, `only https addresses are accepted, not ${address}`);
  });

  test("a folder that cannot be one", async () => {
    const file = await release(SAYS_VERSION("1.0.0"));
    await refused(["--from", file, "--prefix", file], 1, `cannot create the folder ${file}/bin`);
    await mkdir(installed(), { recursive: true });
    await refused(["--from", file], 1, `${installed()} is a folder, not an executable`);
  });

  test("arguments it does not know, or that lack a value", async () => {
    await refused(["--form", "x"], 2, "unknown argument --form; --help lists them");
    await refused(["--from"], 2, "--from needs a value");
  });

  test("an environment without a home", async () => {
    await refused(["--uninstall"], 2, "HOME is not set: say where with --prefix DIR", {
      env: { HOME: undefined },
    });
  });

  test("a build without Node", async () => {
    await mkdir(join(home.path, "bin"));
    for (const tool of ["dirname", "mkdir", "mktemp", "rm", "uname"]) {
      const folder = BARE_PATH.split(":").find((path) => existsSync(`${path}/${tool}`));
      await symlink(`${folder}/${tool}`, join(home.path, "bin", tool));
    }
    const message = "building needs Node 20 or newer (https://nodejs.org); or give --from FILE|URL";
    await refused([], 1, message, { env: { PATH: join(home.path, "bin") } });
  });
});
