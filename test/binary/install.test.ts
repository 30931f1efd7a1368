import { createHash } from "node:crypto";
import { link, mkdir, readdir, readFile, stat, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { pinnedNode } from "../../scripts/toolchain.mjs";
import { hasFront, PROGRAM } from "../support/builtExecutable.ts";
import {
  FRONT,
  home,
  install,
  installed,
  pair,
  pathWithoutNet,
  program,
  release,
  SAYS_VERSION,
  SCRIPT,
} from "../support/installer.ts";
import { BARE_PATH, start } from "../support/run.ts";

describe("install.sh --from FILE", () => {
  test("installs the real executable, which then runs", async () => {
    await mkdir(join(home.path, "release"));
    const file = join(home.path, "release/sso-cred-real");
    await link(PROGRAM, file).catch(() => symlink(PROGRAM, file));
    const sum = createHash("sha256")
      .update(await readFile(PROGRAM))
      .digest("hex");
    await home.write("release/SHA256SUMS", `${sum}  sso-cred-real\n`);

    const result = await install(["--from", file]);

    expect(result).toMatchObject({ code: 0, stderr: "" });
    expect((await start(installed(), ["--version"], { home }).done).stdout).toMatch(/^sso-cred \d/);
  });

  test("prints what it did, that the folder is not in PATH, and the next step", async () => {
    const file = await release(SAYS_VERSION("1.2.3"));

    const { code, stdout, stderr } = await install(["--from", file]);

    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout.split("\n")).toEqual([
      `Installed sso-cred 1.2.3 as ${installed()}`,
      `${home.path}/.local/bin is not in your PATH. Add it in your shell's profile, or use the full path.`,
      `Next: ${installed()} init`,
      "",
    ]);
    expect((await stat(installed())).mode & 0o777).toBe(0o755);
    expect(await readdir(join(home.path, ".local/bin"))).toEqual(["sso-cred"]);
  });

  test("names the bare command when the folder is in PATH", async () => {
    const file = await release(SAYS_VERSION("1.2.3"));

    const { stdout } = await install(["--from", file], {
      env: { PATH: `${home.path}/.local/bin:${BARE_PATH}` },
    });

    expect(stdout).toBe(`Installed sso-cred 1.2.3 as ${installed()}\nNext: sso-cred init\n`);
  });

  test("updates an installation, and does no harm when run twice", async () => {
    await install(["--from", await release(SAYS_VERSION("1.0.0"))]);
    const file = await release(SAYS_VERSION("2.0.0"));

    const first = await install(["--from", file]);
    const second = await install(["--from", file]);

    expect(first.stdout).toContain("Installed sso-cred 2.0.0");
    expect(second).toMatchObject({ code: 0, stdout: first.stdout, stderr: "" });
    expect(await readFile(installed(), "utf8")).toBe(SAYS_VERSION("2.0.0"));
  });

  test("accepts blanks and quotes in every path", async () => {
    const file = await release(SAYS_VERSION("1.2.3"), "it's one *.bin", "my releases");
    const prefix = join(home.path, "my 'own' place");

    const result = await install([`--from=${file}`, "--prefix", prefix]);

    expect(result).toMatchObject({ code: 0, stderr: "" });
    expect(await readFile(`${prefix}/bin/sso-cred`, "utf8")).toBe(SAYS_VERSION("1.2.3"));
  });

  test("resolves relative paths from the caller's folder", async () => {
    await release(SAYS_VERSION("1.2.3"));

    const result = await install(["--from", "release/sso-cred-test", "--prefix", "here"]);

    expect(result).toMatchObject({ code: 0, stderr: "" });
    expect(await home.exists("here/bin/sso-cred")).toBe(true);
  });

  test("unpacks an archive", async () => {
    await home.write("sso-cred", SAYS_VERSION("1.2.3"), 0o755);
    await start("tar", ["-czf", "a.tar.gz", "sso-cred"], { home }).done;
    const file = await release(await readFile(join(home.path, "a.tar.gz")), "sso-cred-linux-x64.tar.gz");

    const result = await install(["--from", file]);

    expect(result).toMatchObject({ code: 0, stderr: "" });
    expect(await readFile(installed(), "utf8")).toBe(SAYS_VERSION("1.2.3"));
  });
});

describe("install.sh with a front and its program", () => {
  test("installs both, where the one finds the other", async () => {
    const result = await install(["--from", await pair("1.2.3")]);

    expect(result).toMatchObject({ code: 0, stderr: "" });
    expect(result.stdout).toContain(`Installed sso-cred 1.2.3 as ${installed()}\n`);
    expect(await readFile(installed(), "utf8")).toBe(FRONT("1.2.3"));
    expect(await readFile(program(), "utf8")).toBe(SAYS_VERSION("1.2.3"));
    expect((await start(installed(), ["--version"], { home }).done).stdout).toBe("sso-cred 1.2.3\n");
    expect(await readdir(join(home.path, ".local/bin"))).toEqual(["sso-cred"]);
    expect(await readdir(dirname(program()))).toEqual(["sso-cred"]);
  });

  test("puts the program beside the folder that a linked bin leads to", async () => {
    await mkdir(join(home.path, "dotfiles/bin"), { recursive: true });
    await mkdir(join(home.path, ".local"));
    await symlink(join(home.path, "dotfiles/bin"), join(home.path, ".local/bin"));

    expect(await install(["--from", await pair("1.2.3")])).toMatchObject({ code: 0, stderr: "" });

    expect(await home.exists("dotfiles/libexec/sso-cred/sso-cred")).toBe(true);
    await install(["--uninstall"]);
    expect(await home.exists("dotfiles/libexec/sso-cred")).toBe(false);
  });

  test.each<[string, () => Promise<string>, () => Promise<string>]>([
    ["a pair by a pair", () => pair("1.0.0"), () => pair("2.0.0")],
    ["one file by a pair", () => release(SAYS_VERSION("1.0.0")), () => pair("2.0.0")],
    ["a pair by one file", () => pair("1.0.0"), () => release(SAYS_VERSION("2.0.0"))],
  ])("replaces %s, and at every step of it a call works", async (_, older, newer) => {
    await install(["--from", await older()]);
    const next = await newer();
    // Calls the installed program before and after every change to a file.
    for (const tool of ["mv", "rm", "chmod", "cp"]) {
      const call = `'${installed()}' --version >> '${home.path}/calls' || echo broken >> '${home.path}/calls'`;
      await home.write(
        `tools/${tool}`,
        `#!/bin/sh\n${call}\n/bin/${tool} "$@"\ncode=$?\n${call}\nexit $code\n`,
        0o755,
      );
    }

    const result = await install(["--from", next], {
      env: { PATH: `${join(home.path, "tools")}:${BARE_PATH}` },
    });

    expect(result).toMatchObject({ code: 0, stderr: "" });
    const calls = (await home.read("calls")).trimEnd().split("\n");
    expect(new Set(calls)).toEqual(new Set(["sso-cred 1.0.0", "sso-cred 2.0.0"]));
    expect(calls.at(-1)).toBe("sso-cred 2.0.0");
  });

  test("removes both", async () => {
    await install(["--from", await pair("1.2.3")]);
    await home.write(".local/libexec/other/file", "");

    const { code, stdout } = await install(["--uninstall"]);

    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: `Removed ${installed()}. Configuration and caches in ~/.aws are as they were.\n`,
    });
    expect((await home.files(".local")).map(({ path }) => path)).toEqual([".local/libexec/other/file"]);
  });
});

describe("install.sh read from a pipe", () => {
  test("builds nothing, and downloads the newest release", async () => {
    await home.write("scripts/run.mjs", "require('node:fs').writeFileSync('intruded', '')");
    await home.write("install.sh", "");
    const path = `${dirname(pinnedNode())}:${await pathWithoutNet()}`;

    const { code, stdout, stderr } = await start("/bin/sh", [], {
      home,
      env: { PATH: path },
      stdin: await readFile(SCRIPT, "utf8"),
    }).done;

    const sums = "https://github.com/sso-cred/sso-cred/releases/latest/download/SHA256SUMS";
    expect({ code, stdout, stderr }).toEqual({
      code: 1,
      stdout: "",
      stderr: `install: cannot download ${sums}\n`,
    });
    expect(await home.read("asked")).toMatch(new RegExp(`^-fsSL --proto =https -o .* ${sums}\n$`));
    expect(await home.exists("intruded")).toBe(false);
  });
});

describe("install.sh without --from", () => {
  test("builds from the source beside it", async () => {
    const path = `${dirname(pinnedNode())}:${BARE_PATH}`;

    const result = await install([], { env: { PATH: path }, deadlineMs: 55_000 });

    expect(result.code).toBe(0);
    expect(result.stdout).toMatch(/^Installed sso-cred \d/);
    expect((await start(installed(), ["--version"], { home }).done).code).toBe(0);
    expect(await readdir(dirname(installed()))).toEqual(["sso-cred"]);
    expect(await home.exists(".local/libexec/sso-cred/sso-cred")).toBe(hasFront);
  });
});

describe("install.sh --uninstall", () => {
  test("removes the executable and no file of the user", async () => {
    await install(["--from", await release(SAYS_VERSION("1.0.0"))]);
    await home.write(".aws/config", "[default]\n");
    await home.write(".aws/sso/cache/x.json", "{}");
    await home.write(".local/bin/other", "");

    const first = await install(["--uninstall"]);
    const second = await install(["--uninstall"]);

    expect(first).toMatchObject({
      code: 0,
      stderr: "",
      stdout: `Removed ${installed()}. Configuration and caches in ~/.aws are as they were.\n`,
    });
    expect(second).toMatchObject({
      code: 0,
      stderr: "",
      stdout: `Nothing to remove: there is no ${installed()}.\n`,
    });
    expect(await home.exists(".local/bin/other")).toBe(true);
    expect(await home.exists(".aws/config")).toBe(true);
    expect(await home.exists(".aws/sso/cache/x.json")).toBe(true);
  });
});
