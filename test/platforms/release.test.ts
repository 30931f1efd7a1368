import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { hostTarget, pinnedNode, root } from "../../scripts/toolchain.mjs";
import { VERSION } from "../../src/platform/version.ts";
import { binaryWorld, MAIN_JOB } from "../support/binaryWorld.ts";
import { type Home, roleFile, rolePath } from "../support/home.ts";
import { BARE_PATH, start } from "../support/run.ts";
import { canMount } from "../support/smallDisk.ts";
import { listen, temporaryHome } from "../support/temporary.ts";
import { versionLine } from "../support/versionLine.ts";

const RELEASE = `${root}dist/release/`;
const NAME = `sso-cred-${VERSION}-${hostTarget()}.tar.gz`;
const OF_VERSION = versionLine(VERSION);
const DEB = `${RELEASE}sso-cred_${VERSION}_${process.arch === "arm64" ? "arm64" : "amd64"}.deb`;
const isLinux = process.platform === "linux" && existsSync(RELEASE + NAME);
const has = (tool: string) => spawnSync(tool, ["--version"]).status === 0;

let home: Home;
beforeEach(async () => {
  home = await temporaryHome();
  await home.write(
    rolePath("corp", MAIN_JOB[2] ?? "", "ReadOnly"),
    roleFile(Date.now() + 3_600_000, MAIN_JOB[2] ?? ""),
  );
});

const run = (file: string, args: readonly string[], env = {}) => start(file, args, { home, env }).done;
const install = (...args: string[]) => run("/bin/sh", [`${RELEASE}install.sh`, ...args]);
const installed = () => join(home.path, ".local/bin/sso-cred");
const keptFiles = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => !entry.isDirectory());

/** Version and a cache hit: front and program both run. */
async function expectWorks(file: string): Promise<void> {
  expect(await run(file, ["--version"])).toMatchObject({ code: 0, stdout: OF_VERSION, stderr: "" });
  expect(await run(file, MAIN_JOB)).toMatchObject({ code: 0, stderr: "" });
}

/** Serves the release folder; `answer` may take a request for itself. */
async function serve(answer: (...args: Parameters<RequestListener>) => boolean = () => false) {
  const server = createServer((request, response) => {
    if (answer(request, response)) return;
    const file = RELEASE + request.url?.slice(1);
    if (existsSync(file)) response.end(readFileSync(file));
    else response.writeHead(404).end();
  });
  return `http://127.0.0.1:${await listen(server)}/`;
}

describe.skipIf(!isLinux)(`the release (needs ${NAME} of npm run release, on Linux)`, () => {
  test("is what SHA256SUMS and the manifests say", () => {
    const sums = readFileSync(`${RELEASE}SHA256SUMS`, "utf8").trimEnd().split("\n");
    const manifests = ["homebrew/sso-cred.rb", "scoop/sso-cred.json", "winget/SsoCred.SsoCred.installer.yaml"]
      .map((file) => readFileSync(RELEASE + file, "utf8").toLowerCase())
      .join("\n");
    for (const [sum = "", name = ""] of sums.map((line) => line.split("  "))) {
      const bytes = readFileSync(RELEASE + name);
      expect([name, createHash("sha256").update(bytes).digest("hex")]).toEqual([name, sum]);
      if (/\.(tar\.gz|zip)$/.test(name)) expect(manifests).toContain(sum);
    }
  });

  test.each(["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64"])(
    "for %s holds no path of its build",
    (target) => {
      const file = `${RELEASE}sso-cred-${VERSION}-${target}.tar.gz`;
      expect(existsSync(file)).toBe(true);
      execFileSync("tar", ["-xzf", file, "-C", home.path]);
      const folder = `${home.path}/sso-cred-${VERSION}-${target}`;
      for (const name of ["bin/sso-cred", "libexec/sso-cred/sso-cred"])
        expect([name, readFileSync(join(folder, name)).includes(".cache/zig")]).toEqual([name, false]);
      expect(readFileSync(join(folder, "bin/sso-cred")).includes("front.o")).toBe(false);
    },
  );

  test.skipIf(!has("lintian") || !existsSync(DEB))(
    "has a .deb in which lintian finds no error (needs lintian)",
    () => {
      const { status, stdout } = spawnSync("lintian", ["--fail-on", "error", DEB], { encoding: "utf8" });
      expect({ status, stdout: stdout.match(/^E:.*$/gm) }).toEqual({ status: 0, stdout: null });
    },
  );

  test.skipIf(!has("dpkg") || !existsSync(DEB))(
    "has a .deb that works in a root with nothing but its libraries, not even /proc, also when installed over a running call, and leaves nothing (needs dpkg)",
    async () => {
      const clean = join(home.path, "root");
      for (const folder of ["var/lib/dpkg/info", "var/lib/dpkg/updates"])
        mkdirSync(join(clean, folder), { recursive: true });
      writeFileSync(join(clean, "var/lib/dpkg/status"), "");
      const dpkg = (...args: string[]) =>
        spawnSync("dpkg", [
          ...[`--root=${clean}`, "--force-depends", "--force-not-root", "--log=/dev/null"],
          ...args,
        ]).status;
      expect(dpkg("--install", DEB)).toBe(0);
      const libraries = execFileSync("ldd", [join(clean, "usr/libexec/sso-cred/sso-cred")], {
        encoding: "utf8",
      });
      for (const [, file = ""] of libraries.matchAll(/(\/\S+) \(/g)) {
        mkdirSync(join(clean, dirname(file)), { recursive: true });
        execFileSync("cp", ["-L", file, join(clean, file)]);
      }
      const inRoot = ["-Ur", `--root=${clean}`, "/usr/bin/sso-cred"];
      const version = await run("unshare", [...inRoot, "--version"]);
      expect(version).toMatchObject({ code: 0, stderr: "" });
      expect(version.stdout).toMatch(/^sso-cred \d/);

      const call = await waitingCall(join(clean, "usr/bin/sso-cred"));
      expect(dpkg("--install", DEB)).toBe(0);
      expect(await call.allow()).toMatchObject({ code: 0, stderr: "" });

      expect(dpkg("--purge", "sso-cred")).toBe(0);
      expect(keptFiles(clean).filter(({ name }) => name.includes("sso-cred"))).toEqual([]);
    },
  );

  test("has npm packages that need nothing but Node", async () => {
    const prefix = join(home.path, "prefix");
    const packages = ["sso-cred", `sso-cred-${hostTarget()}`].map(
      (name) => `${RELEASE}npm/${name}-${VERSION}.tgz`,
    );
    const npm = execFileSync("sh", ["-c", "command -v npm"], { encoding: "utf8" }).trim();
    const PATH = `${dirname(pinnedNode())}:/nowhere`;
    const options = ["--global", "--offline", "--no-audit", "--no-fund", `--prefix=${prefix}`];
    const made = await run(npm, ["install", ...options, ...packages], {
      PATH: `${dirname(pinnedNode())}:${BARE_PATH}`,
    });
    expect(made.code).toBe(0);
    const version = await run(join(prefix, "bin/sso-cred"), ["--version"], { PATH });
    expect(version).toMatchObject({ code: 0, stdout: OF_VERSION, stderr: "" });
  });
});

/** A call that waits for a sign-in; `allow` lets it end. */
async function waitingCall(file: string) {
  const world = await binaryWorld({ browser: "ignore" });
  const call = start(file, MAIN_JOB, world.options);
  const { url = "" } = await world.pending("open");
  return {
    async allow() {
      await fetch(url);
      return await call.done;
    },
  };
}

describe.skipIf(!isLinux)("install.sh with the archive of the release (needs it, on Linux)", () => {
  test("from a file and from an address", async () => {
    expect(await install("--from", RELEASE + NAME)).toMatchObject({ code: 0, stderr: "" });
    await expectWorks(installed());
    expect(await install("--uninstall")).toMatchObject({ code: 0, stderr: "" });
    expect(await install("--from", await serve())).toMatchObject({ code: 0, stderr: "" });
    await expectWorks(installed());
  });

  test("goes up and down over a running call", async () => {
    await install("--from", RELEASE + NAME);
    // Another version of the front is the one part that can be made without another build.
    const folder = `sso-cred-0.0.0-${hostTarget()}`;
    execFileSync("tar", ["-xzf", RELEASE + NAME, "-C", home.path]);
    const front = join(home.path, NAME.replace(".tar.gz", ""), "bin/sso-cred");
    const bytes = readFileSync(front, "latin1").replaceAll(`the front ${VERSION} `, "the front 0.0.0 ");
    writeFileSync(front, bytes, "latin1");
    execFileSync("mv", [NAME.replace(".tar.gz", ""), folder], { cwd: home.path });
    const older = join(home.path, `${folder}.tar.gz`);
    execFileSync("tar", ["-czf", older, folder], { cwd: home.path });
    const sum = createHash("sha256").update(readFileSync(older)).digest("hex");
    await home.write("SHA256SUMS", `${sum}  ${folder}.tar.gz\n`);

    const call = await waitingCall(installed());
    expect(await install("--from", older)).toMatchObject({ code: 0, stderr: "" });
    expect((await run(installed(), ["--version"])).stdout).toBe(versionLine("0.0.0"));
    const second = await waitingCall(installed());
    expect(await install("--from", RELEASE + NAME)).toMatchObject({ code: 0, stderr: "" });
    expect(await call.allow()).toMatchObject({ code: 0, stderr: "" });
    expect(await second.allow()).toMatchObject({ code: 0, stderr: "" });
    await expectWorks(installed());
  });

  async function refused(message: RegExp, ...args: string[]) {
    const { code, stdout, stderr } = await install(...args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr.split("\n").filter((line) => line.startsWith("install: "))).toEqual([
      expect.stringMatching(message),
    ]);
    await expectWorks(installed());
  }

  test("says in one line what is wrong, and what was installed still works", async () => {
    await install("--from", RELEASE + NAME);
    const whole = readFileSync(RELEASE + NAME);
    const half = await serve((request, response) => {
      if (request.url !== `/${NAME}`) return false;
      response.writeHead(200, { "content-length": whole.length });
      response.write(whole.subarray(0, whole.length / 2), () => response.destroy());
      return true;
    });
    await refused(/^install: cannot download /, "--from", half);
    const changed = await serve((request, response) => {
      if (request.url === `/${NAME}`) response.end(whole.subarray(1));
      return request.url === `/${NAME}`;
    });
    await refused(/is not the one in SHA256SUMS; nothing was installed$/, "--from", changed);
    const other = process.arch === "arm64" ? "x64" : "arm64";
    const wrong = NAME.replace(process.arch, other);
    await refused(/does not run on this machine/, "--from", RELEASE + wrong);
  });

  test.skipIf(!canMount())("says that a disk has no room for it (needs the right to mount)", async () => {
    await install("--from", RELEASE + NAME);
    const disk = join(home.path, "disk");
    mkdirSync(disk);
    const mount = (options: string) => execFileSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", disk]);
    const unmount = () => execFileSync("umount", [disk]);
    for (const [options, message] of [
      ["ro", /^install: cannot create the folder /],
      ["size=20m", /^install: cannot copy .*; is there space left\?$/],
      ["size=100m", /cannot be unpacked in .*; is there space left\?$/],
    ] as const) {
      mount(options);
      try {
        await refused(message, "--from", RELEASE + NAME, "--prefix", disk);
        if (options !== "ro") expect(keptFiles(disk)).toEqual([]);
      } finally {
        unmount();
      }
    }
    rmSync(disk, { recursive: true });
  });
});
