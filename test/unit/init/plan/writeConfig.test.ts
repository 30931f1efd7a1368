import { spawnSync } from "node:child_process";
import {
  chownSync,
  lchownSync,
  lstatSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, it } from "vitest";
import { writeConfig } from "../../../../src/init/plan/writeConfig.ts";
import { NICETIES, REFUSALS, runInChild } from "../../../support/child.ts";
import { canTrace } from "../../../support/systemCalls.ts";
import { temporaryFolder } from "../../../support/temporary.ts";

const MODULE = new URL("../../../../src/init/plan/writeConfig.ts", import.meta.url);

let folder: string;
let path: string;
beforeEach(() => {
  folder = temporaryFolder();
  path = join(folder, "config");
});

const text = (file: string) => readFileSync(file, "utf8");
const python = (code: string, ...args: string[]) =>
  spawnSync("python3", ["-c", `import os, sys, struct\n${code}`, ...args], { encoding: "utf8" });

/** An extended attribute, and an ACL by which user 23456 may read, in the kernel's form. */
const SET = `
os.setxattr(sys.argv[1], "user.note", b"kept")
acl = [(1, 6, -1), (2, 4, 23456), (4, 4, -1), (16, 4, -1), (32, 0, -1)]
os.setxattr(sys.argv[1], "system.posix_acl_access",
            struct.pack("<I", 2) + b"".join(struct.pack("<HHi", *entry) for entry in acl))`;
const GET = "print([(n, os.getxattr(sys.argv[1], n).hex()) for n in sorted(os.listxattr(sys.argv[1]))])";

it("keeps access control lists and extended attributes, also of the backup", ({ skip }) => {
  writeFileSync(path, "old", { mode: 0o600 });
  skip(python(SET, path).status !== 0, "needs python3, and a disk with both");
  const before = python(GET, path).stdout;
  expect(before).toContain("posix_acl_access");
  expect(writeConfig(path, "old", "new")).toBe(true);
  expect([text(path), text(`${path}.sso-cred.bak`)]).toEqual(["new", "old"]);
  for (const file of [path, `${path}.sso-cred.bak`]) expect(python(GET, file).stdout).toBe(before);
});

it.skipIf(!canTrace).each(REFUSALS)(
  "writes on a file system without modes and owners (%s; needs strace)",
  (code) => {
    writeFileSync(path, "old");
    const call = `process.stdout.write(String(m.writeConfig(${JSON.stringify(path)}, "old", "new")))`;
    expect(runInChild(MODULE, call, { refused: { calls: NICETIES, code } })).toBe("true");
    expect(text(path)).toBe("new");
  },
);

it.each(["elsewhere", "config", "nowhere/backup", "/dev/null"])(
  "replaces a backup that is a link to %s, and leaves what it leads to as it is",
  (target) => {
    const [backup, elsewhere] = [`${path}.sso-cred.bak`, join(folder, "elsewhere")];
    writeFileSync(path, "old");
    writeFileSync(elsewhere, "another file");
    symlinkSync(target, backup);
    expect(writeConfig(path, "old", "new")).toBe(true);
    expect([text(path), text(backup), text(elsewhere)]).toEqual(["new", "old", "another file"]);
    expect(lstatSync(backup).isFile()).toBe(true);
  },
);

it("follows no link that another user could have placed", ({ skip }) => {
  skip(process.getuid?.() !== 0, "only root can give a link away");
  writeFileSync(join(folder, "precious"), "old");
  symlinkSync("precious", path);
  lchownSync(path, 12_345, 12_345);
  expect(() => writeConfig(path, "old", "new")).toThrow("is a link of user 12345, so it is not followed");
  expect([text(path), readdirSync(folder).sort()]).toEqual(["old", ["config", "precious"]]);
});

it("keeps user and group of another user's config that root changes", ({ skip }) => {
  skip(process.getuid?.() !== 0, "only root can give a file away");
  writeFileSync(path, "old", { mode: 0o640 });
  for (const name of [folder, path]) chownSync(name, 12_345, 23_456);
  expect(writeConfig(path, "old", "new")).toBe(true);
  for (const name of [path, `${path}.sso-cred.bak`]) {
    const { uid, gid, mode } = statSync(name);
    expect([uid, gid, (mode & 0o777).toString(8)]).toEqual([12_345, 23_456, "640"]);
  }
});
