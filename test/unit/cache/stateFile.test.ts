import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readIdentity, readStateFile, writeStateFile } from "../../../src/cache/stateFile.ts";
import { identifyProcess } from "../../../src/system/processIdentity.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "state-"));
  path = join(folder, "logins", "a.json");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it("is read back with format, host and boot", () => {
  writeStateFile(path, { answer: 42 });
  const { host, boot } = identifyProcess();
  expect(readStateFile(path)).toEqual({ format: 1, host, boot, answer: 42 });
});

it("is for nobody else to read, nor is its folder", () => {
  writeStateFile(path, {});
  expect([path, dirname(path)].map((it) => (statSync(it).mode & 0o777).toString(8))).toEqual(["600", "700"]);
});

it.each([{ format: 2 }, { format: "1" }, { host: "elsewhere" }, { boot: "another" }, { boot: undefined }])(
  "is absent when it is not of this format, host and boot: %j",
  (change) => {
    writeStateFile(path, { answer: 42 });
    writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), ...change }));
    expect(readStateFile(path)).toBeUndefined();
  },
);

it("is absent when half of it is there", () => {
  writeStateFile(path, { answer: 42 });
  writeFileSync(path, readFileSync(path, "utf8").slice(0, -5));
  expect(readStateFile(path)).toBeUndefined();
});

it("names a process only when it does so completely", () => {
  const identity = identifyProcess();
  expect(readIdentity({ ...identity, more: 1 })).toEqual(identity);
  for (const key of Object.keys(identity))
    expect(readIdentity({ ...identity, [key]: undefined })).toBeUndefined();
  for (const pid of [0, -1, 1.5, "1", 2 ** 60]) expect(readIdentity({ ...identity, pid })).toBeUndefined();
  expect(readIdentity(undefined)).toBeUndefined();
});
