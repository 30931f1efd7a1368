import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { writeTarGz } from "../../../scripts/release/archive.ts";
import { writeDeb } from "../../../scripts/release/deb.ts";
import type { Member } from "../../../scripts/release/members.ts";
import { mainPackage, platformPackage, platformPackageName } from "../../../scripts/release/npmPackages.ts";
import { hostTarget } from "../../../scripts/toolchain.mjs";
import { temporaryFolder } from "../../support/temporary.ts";

const TIME = 1_790_000_000;
const SCRIPT = Buffer.from('#!/bin/sh\necho "$0 got $*"\nexit 7\n');
const MEMBERS: Member[] = [
  { path: "bin/sso-cred", mode: 0o755, content: SCRIPT },
  { path: "share/man/man1/sso-cred.1", mode: 0o644, content: Buffer.from(".TH sso-cred 1\n") },
  { path: "LICENSE", mode: 0o644, content: Buffer.from("MIT\n") },
];
const FIELDS = {
  version: "1.2.3",
  description: "A helper.",
  license: "MIT",
  repository: "github:sso-cred/sso-cred",
};

test("npm installs both packages from their files, and the command runs the executable", async () => {
  const folder = temporaryFolder();
  const target = hostTarget();
  const [main, platform] = [join(folder, "main.tgz"), join(folder, "platform.tgz")];
  await writeTarGz(platform, platformPackage(target, FIELDS, MEMBERS), TIME);
  await writeTarGz(main, mainPackage([target], FIELDS, []), TIME);
  const prefix = join(folder, "prefix");
  const npm = spawnSync(
    "npm",
    [
      "install",
      "--global",
      "--offline",
      "--ignore-scripts",
      "--no-audit",
      `--prefix=${prefix}`,
      main,
      platform,
    ],
    { encoding: "utf8", env: { PATH: process.env.PATH, HOME: folder } },
  );
  expect(npm).toMatchObject({ status: 0 });
  const { status, stdout, stderr } = spawnSync(join(prefix, "bin/sso-cred"), ["a b", "--c"], {
    encoding: "utf8",
    env: { PATH: process.env.PATH, HOME: folder },
  });
  const program = join(prefix, "lib/node_modules", platformPackageName(target), "bin/sso-cred");
  expect({ status, stdout, stderr }).toEqual({ status: 7, stdout: `${program} got a b --c\n`, stderr: "" });

  rmSync(join(prefix, "lib/node_modules", platformPackageName(target)), { recursive: true });
  const missing = spawnSync(join(prefix, "bin/sso-cred"), {
    encoding: "utf8",
    env: { PATH: process.env.PATH },
  });
  expect(missing).toMatchObject({ status: 3, stdout: "" });
  expect(missing.stderr).toMatch(
    /^sso-cred: the package sso-cred-\S+ is not installed beside sso-cred\n {2}run: /,
  );
}, 60_000);

const isDebian = spawnSync("dpkg-deb", ["--version"]).status === 0;
test.skipIf(!isDebian)(
  "dpkg installs and removes the Debian package and keeps it if a broken one or one for another processor follows; two builds give the same bytes (needs dpkg)",
  async () => {
    const folder = temporaryFolder();
    const input = {
      version: "1.2.3",
      architecture: spawnSync("dpkg", ["--print-architecture"], { encoding: "utf8" }).stdout.trim(),
      members: MEMBERS,
      time: TIME,
      changelog:
        "- First, with a line that is long enough to be broken in two because Debian wants eighty columns.\n",
      copyright: "MIT\n",
    };
    const [deb, again] = [join(folder, "a.deb"), join(folder, "b.deb")];
    await writeDeb(deb, input);
    await writeDeb(again, input);
    expect(readFileSync(deb).equals(readFileSync(again))).toBe(true);
    const root = join(folder, "root");
    mkdirSync(join(root, "var/lib/dpkg/info"), { recursive: true });
    mkdirSync(join(root, "var/lib/dpkg/updates"));
    writeFileSync(join(root, "var/lib/dpkg/status"), "");
    const options = [`--root=${root}`, "--force-depends", "--force-not-root", "--log=/dev/null"];
    const dpkg = (...args: string[]) => spawnSync("dpkg", [...options, ...args], { encoding: "utf8" });
    expect(dpkg("--install", deb).status).toBe(0);
    expect(spawnSync(join(root, "usr/bin/sso-cred")).status).toBe(7);
    expect(existsSync(join(root, "usr/share/man/man1/sso-cred.1.gz"))).toBe(true);

    const [half, other] = [join(folder, "half.deb"), join(folder, "other.deb")];
    writeFileSync(half, readFileSync(deb).subarray(0, -100));
    await writeDeb(other, { ...input, version: "2.0.0", architecture: "s390x" });
    for (const [file, reason] of [
      [half, /unexpected end of file/],
      [other, /package architecture \(s390x\) does not match system/],
    ] as const) {
      const { status, stderr } = dpkg("--install", file);
      expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringMatching(reason) });
      expect(spawnSync(join(root, "usr/bin/sso-cred")).status).toBe(7);
    }

    expect(dpkg("--remove", "sso-cred").status).toBe(0);
    expect(existsSync(join(root, "usr/bin/sso-cred"))).toBe(false);
  },
);
