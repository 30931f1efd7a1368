import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { link, mkdir, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { hostTarget, pinnedNode } from "../../scripts/toolchain.mjs";
import { hasFront, PROGRAM } from "../support/builtExecutable.ts";
import { type Home, makeHome } from "../support/home.ts";
import { BARE_PATH, type RunOptions, start } from "../support/run.ts";
import { CA_FILE, SERVER_TLS } from "../support/testCertificates.ts";

const SCRIPT = fileURLToPath(new URL("../../install.sh", import.meta.url));
const SAYS_VERSION = (version: string) => `#!/bin/sh\necho 'sso-cred ${version}'\n`;

let home: Home;
beforeEach(async () => {
  home = await makeHome();
});
afterEach(() => home.remove());

const install = (args: readonly string[], options: RunOptions = {}) =>
  start("/bin/sh", [SCRIPT, ...args], { home, ...options }).done;

/** Puts an archive and its checksum file into a folder of the home. */
async function release(
  content: string | Buffer,
  name = "sso-cred-test",
  folder = "release",
): Promise<string> {
  const file = join(home.path, folder, name);
  await mkdir(join(home.path, folder), { recursive: true });
  await writeFile(file, content);
  const sum = createHash("sha256").update(content).digest("hex");
  await home.write(`${folder}/SHA256SUMS`, `${"0".repeat(64)}  other\n${sum}  ${name}\n`);
  return file;
}

const installed = () => join(home.path, ".local/bin/sso-cred");

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
      `${home.path}/.local/bin is not in your PATH. Add it in your shell's profile, or use the whole path.`,
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

/** Stands in for the native front: runs the program of an installation, else the one beside it. */
const FRONT = (version: string) => `#!/bin/sh
# front ${version}
for program in "\${0%/*}/../libexec/sso-cred/sso-cred" "\${0%/*}/sso-cred-core"; do
  [ ! -x "$program" ] || exec "$program" "$@"
done
exit 3
`;

/** An archive with a front and a program of that version. */
async function pair(version: string): Promise<string> {
  await home.write("pair/sso-cred", FRONT(version), 0o755);
  await home.write("pair/sso-cred-core", SAYS_VERSION(version), 0o755);
  const archive = `sso-cred-${version}.tar.gz`;
  await start("tar", ["-czf", archive, "-C", "pair", "sso-cred", "sso-cred-core"], { home }).done;
  return release(await readFile(join(home.path, archive)), archive);
}
const program = () => join(home.path, ".local/libexec/sso-cred/sso-cred");

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
    await home.write("tools/curl", `#!/bin/sh\necho "$@" >> '${home.path}/asked'\nexit 22\n`, 0o755);
    const path = [join(home.path, "tools"), dirname(pinnedNode()), BARE_PATH].join(":");

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

describe("install.sh with a release archive", () => {
  const SHARED = {
    "share/man/man1/sso-cred.1": ".TH sso-cred 1\n",
    "share/bash-completion/completions/sso-cred": "# bash\n",
    "share/zsh/site-functions/_sso-cred": "#compdef sso-cred\n",
    "share/fish/vendor_completions.d/sso-cred.fish": "# fish\n",
  };

  /** An archive for this machine, as `npm run release` makes it. */
  async function published(version: string): Promise<string> {
    const name = `sso-cred-${version}-${hostTarget()}`;
    await home.write(`made/${name}/bin/sso-cred`, FRONT(version), 0o755);
    await home.write(`made/${name}/libexec/sso-cred/sso-cred`, SAYS_VERSION(version), 0o755);
    for (const [path, content] of Object.entries(SHARED)) await home.write(`made/${name}/${path}`, content);
    await start("tar", ["-czf", "made.tar.gz", "-C", "made", name], { home }).done;
    return release(await readFile(join(home.path, "made.tar.gz")), `${name}.tar.gz`);
  }

  test.each(["dash", "bash", "zsh", "busybox sh"])(
    "installs it with man page and completions, and removes all of it again, in %s",
    async (shell) => {
      const [file = "", ...words] = shell.split(" ");
      if (spawnSync(file, [...words, "-c", "true"]).status !== 0) return console.warn(`SKIPPED: no ${shell}`);
      const run = (args: readonly string[]) => start(file, [...words, SCRIPT, ...args], { home }).done;

      expect(await run(["--from", await published("1.2.3")])).toMatchObject({ code: 0, stderr: "" });
      expect((await start(installed(), ["--version"], { home }).done).stdout).toBe("sso-cred 1.2.3\n");
      for (const [path, content] of Object.entries(SHARED))
        expect(await home.read(`.local/${path}`)).toBe(content);
      expect(await run(["--uninstall"])).toMatchObject({ code: 0, stderr: "" });
      expect(await home.files(".local")).toEqual([]);
    },
  );

  test("chooses it for this machine from an address that ends in /", async () => {
    await published("1.2.3");
    const server = createServer((request, response) => {
      readFile(join(home.path, "release", request.url?.slice(3) ?? "")).then(
        (content) => response.end(content),
        () => response.writeHead(404).end(),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/r/`;
    try {
      expect(await install(["--from", url])).toMatchObject({ code: 0, stderr: "" });
      expect(await readFile(installed(), "utf8")).toBe(FRONT("1.2.3"));
      await home.write("release/SHA256SUMS", "00  sso-cred-1.2.3-plan9-x64.tar.gz\n");
      const { code, stderr } = await install(["--from", url]);
      expect({ code, stderr }).toEqual({
        code: 1,
        stderr: `install: ${url} has no archive for ${hostTarget()}\n`,
      });
    } finally {
      server.close();
    }
  });

  test("rejects half of an archive, and keeps what is installed", async () => {
    await install(["--from", await published("1.0.0")]);
    const file = await published("2.0.0");
    const whole = await readFile(file);
    await writeFile(file, whole.subarray(0, whole.length / 2));
    expect((await install(["--from", file])).stderr).toContain("nothing was installed");
    expect((await start(installed(), ["--version"], { home }).done).stdout).toBe("sso-cred 1.0.0\n");
  });

  test("counts the profiles that break when it is uninstalled", async () => {
    await install(["--from", await published("1.0.0")]);
    const line = `credential_process = ${installed()} corp --account-id 123456789011 --role-name ReadOnly\n`;
    const config = await home.write(".aws/config", `[profile a]\n${line}[profile b]\n${line}`);
    const { code, stdout } = await install(["--uninstall"]);
    expect(code).toBe(0);
    expect(stdout).toContain(
      `2 profile(s) in ${config} run it. To turn them into plain SSO profiles first: ${installed()} init --revert\n`,
    );
  });
});

const hasCurl = spawnSync("curl", ["--version"]).status === 0;
if (!hasCurl) console.warn("SKIPPED: no curl here, so nobody sees which redirects it follows");
describe.skipIf(!hasCurl)("install.sh --from an https address", () => {
  /** Redirects each request to `to`; if that is undefined, serves the folder of releases. */
  async function serve(secure: boolean, to?: () => string): Promise<{ url: string; close(): void }> {
    const answer: RequestListener = (request, response) => {
      if (to) return response.writeHead(302, { location: `${to()}${request.url}` }).end();
      readFile(join(home.path, "release", request.url?.slice(1) ?? "")).then((content) =>
        response.end(content),
      );
    };
    const server = secure ? createSecureServer(SERVER_TLS, answer) : createServer(answer);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    return { url: `${secure ? "https" : "http"}://localhost:${port}`, close: () => server.close() };
  }

  test.each([
    ["https", true, 0],
    ["http", false, 1],
  ])("with a redirect to %s", async (_, isSecure, code) => {
    await release(SAYS_VERSION("1.2.3"));
    const target = await serve(isSecure);
    const origin = await serve(true, () => target.url);
    try {
      const result = await install(["--from", `${origin.url}/sso-cred-test`], {
        env: { CURL_CA_BUNDLE: CA_FILE },
      });
      expect(result.code).toBe(code);
      expect(await home.exists(".local/bin/sso-cred")).toBe(isSecure);
      if (!isSecure)
        expect(result.stderr).toContain(`install: cannot download ${origin.url}/sso-cred-test\n`);
    } finally {
      origin.close();
      target.close();
    }
  });
});

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

  test("an address that is not https", async () => {
    const address = "http://example.com/sso-cred";
    await refused(["--from", address], 2, `only https addresses are taken, not ${address}`);
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

describe("install.sh --from URL", () => {
  test("downloads the file and its sums, and says what it cannot download", async () => {
    const file = await release(SAYS_VERSION("1.2.3"));
    const server = createServer((request, response) => {
      const name = request.url?.slice(1) ?? "";
      readFile(join(home.path, "release", name)).then(
        (content) => response.end(content),
        () => response.writeHead(404).end(),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      const good = await install(["--from", `${url}/sso-cred-test`]);
      const bad = await install(["--from", `${url}/gone`]);

      expect(good).toMatchObject({ code: 0, stderr: "" });
      expect(await readFile(installed(), "utf8")).toBe(await readFile(file, "utf8"));
      expect(bad).toMatchObject({ code: 1, stdout: "" });
      expect(bad.stderr).toContain(`install: cannot download ${url}/gone\n`);
    } finally {
      server.close();
    }
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
