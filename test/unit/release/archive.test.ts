import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { writeTarGz, writeZip } from "../../../scripts/release/archive.ts";
import type { Member } from "../../../scripts/release/members.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const TIME = 1_790_000_000;
const MEMBERS: Member[] = [
  { path: "x/share/readme", mode: 0o644, content: Buffer.from("read me\n") },
  { path: "x/bin/program", mode: 0o755, content: Buffer.from("#!/bin/sh\necho ran\n") },
];

test.each([
  ["a.tar.gz", writeTarGz],
  ["a.zip", writeZip],
])("%s has the same bytes whatever the order of its members and the time zone", async (name, write) => {
  const folder = temporaryFolder();
  await write(join(folder, name), MEMBERS, TIME);
  const zone = process.env.TZ;
  process.env.TZ = "Asia/Tokyo";
  try {
    await write(join(folder, `2-${name}`), MEMBERS.toReversed(), TIME);
  } finally {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  }
  expect(readFileSync(join(folder, name))).toEqual(readFileSync(join(folder, `2-${name}`)));
});

test("tar unpacks it, with modes and times", async () => {
  const folder = temporaryFolder();
  await writeTarGz(join(folder, "a.tar.gz"), MEMBERS, TIME);
  const { stdout } = spawnSync("tar", ["--numeric-owner", "-tvzf", "a.tar.gz"], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, TZ: "UTC" },
  });
  const lines = stdout.trim().split("\n");
  expect(lines.map((line) => line.split(/\s+/).at(-1))).toEqual([
    "x/",
    "x/bin/",
    "x/share/",
    "x/bin/program",
    "x/share/readme",
  ]);
  expect(lines[3]).toMatch(/^-rwxr-xr-x 0\/0 +19 2026-09-21/);
  spawnSync("tar", ["-xzf", "a.tar.gz"], { cwd: folder });
  expect(spawnSync(join(folder, "x/bin/program"), { encoding: "utf8" }).stdout).toBe("ran\n");
});

const hasUnzip = spawnSync("unzip", ["-v"]).status === 0;
test.skipIf(!hasUnzip)("unzip unpacks it (needs unzip)", async () => {
  const folder = temporaryFolder();
  await writeZip(join(folder, "a.zip"), MEMBERS, TIME);
  expect(spawnSync("unzip", ["-q", "a.zip"], { cwd: folder }).status).toBe(0);
  expect(readFileSync(join(folder, "x/share/readme"), "utf8")).toBe("read me\n");
});
