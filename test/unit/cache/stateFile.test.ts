import { readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeEach, expect, it } from "vitest";
import { readIdentity, readStateFile, writeStateFile } from "../../../src/cache/stateFile.ts";
import { identifyMachine, identifyProcess } from "../../../src/platform/processIdentity.ts";
import { temporaryFolder } from "../../support/temporary.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = temporaryFolder();
  path = join(folder, "logins", "a.json");
});

it("is read back with its format and machine", () => {
  writeStateFile(path, { answer: 42 });
  expect(readStateFile(path)).toEqual({ format: 1, ...identifyMachine(), answer: 42 });
});

it("is readable only by its owner, as is its folder", () => {
  writeStateFile(path, {});
  expect([path, dirname(path)].map((it) => (statSync(it).mode & 0o777).toString(8))).toEqual(["600", "700"]);
});

function change(fields: object): void {
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), ...fields }));
}

it.each([
  { format: 2 },
  { format: "1" },
  { pidNamespace: "pid:[1]" },
  { pidNamespace: undefined },
  { boot: "another" },
  { boot: undefined },
])("is absent when it is not of this format, machine and boot: %j", (fields) => {
  writeStateFile(path, { answer: 42 });
  change(fields);
  expect(readStateFile(path)).toBeUndefined();
});

it.runIf(process.platform === "linux")(
  "stays ours when a network gives the machine another name (on Linux)",
  () => {
    writeStateFile(path, { answer: 42 });
    change({ host: "dhcp-17.example" });
    expect(readStateFile(path)).toMatchObject({ answer: 42 });
  },
);

it("is absent when half-written", () => {
  writeStateFile(path, { answer: 42 });
  writeFileSync(path, readFileSync(path, "utf8").slice(0, -5));
  expect(readStateFile(path)).toBeUndefined();
});

it("names a process only if every field is present", () => {
  const identity = identifyProcess();
  expect(readIdentity({ ...identity, more: 1 })).toEqual(identity);
  for (const key of Object.keys(identity))
    expect(readIdentity({ ...identity, [key]: undefined })).toBeUndefined();
  for (const pid of [0, -1, 1.5, "1", 2 ** 60]) expect(readIdentity({ ...identity, pid })).toBeUndefined();
  expect(readIdentity(undefined)).toBeUndefined();
});
