import { execFileSync } from "node:child_process";
import { chmodSync, closeSync, ftruncateSync, mkdirSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { MAX_FILE_BYTES, readJsonObject } from "../../../src/cache/jsonFile.ts";
import { runInChild } from "../../support/child.ts";
import { fc } from "../../support/fuzzing.ts";
import { temporaryFolder } from "../../support/temporary.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = temporaryFolder();
  path = join(folder, "file.json");
});

const read = (text: string | Uint8Array) => {
  writeFileSync(path, text);
  return readJsonObject(path);
};

it("reads a JSON object, whatever the layout", () => {
  expect(read('\n{\r\n  "a" : [1, {"b": "}"}],\t"c": null}\n\n')).toEqual({ a: [1, { b: "}" }], c: null });
});

it.each([
  ["empty", ""],
  ["half of an object", '{"accessToken": "abc", "expi'],
  ["an object cut within a string that ends in a backslash", '{"a": "b\\'],
  ["a list", '[{"accessToken": "abc"}]'],
  ["a string", '"{}"'],
  ["a number", "12"],
  ["null", "null"],
  ["true", "true"],
  ["white space", " \n"],
  ["INI", "[default]\nregion = eu-west-1\n"],
  ["zeros, as a crashed system leaves them", new Uint8Array(300)],
  ["UTF-16", Buffer.from('{"a": 1}', "utf16le")],
  ["text before the object", 'x{"a": 1}'],
])("reads as a miss: %s", (_, text) => {
  expect(read(text)).toBeUndefined();
});

describe("a path that is not a readable regular file is a miss", () => {
  it("missing", () => {
    expect(readJsonObject(path)).toBeUndefined();
    expect(readJsonObject(join(path, "below"))).toBeUndefined();
  });

  it("a folder", () => {
    mkdirSync(path);
    expect(readJsonObject(path)).toBeUndefined();
  });

  it("unreadable", () => {
    writeFileSync(path, "{}", { mode: 0o000 });
    chmodSync(folder, 0o755);
    const module = new URL("../../../src/cache/jsonFile.ts", import.meta.url);
    const code = `process.stdout.write(String(m.readJsonObject(${JSON.stringify(path)})))`;
    expect(runInChild(module, code, { unprivileged: true })).toBe("undefined");
    chmodSync(path, 0o644);
    expect(runInChild(module, code, { unprivileged: true })).toBe("[object Object]");
  });

  it("a pipe, without blocking", () => {
    execFileSync("mkfifo", [path]);
    expect(readJsonObject(path)).toBeUndefined();
  });

  it("a device", () => {
    expect(readJsonObject("/dev/zero")).toBeUndefined();
  });

  it("below a file", () => {
    writeFileSync(path, "{}");
    expect(readJsonObject(join(path, "x.json"))).toBeUndefined();
  });

  it("with a name that no file system allows", () => {
    expect(readJsonObject(join(folder, "x".repeat(5000)))).toBeUndefined();
    expect(readJsonObject(`${path}\0`)).toBeUndefined();
  });
});

it("does not read a file of 100 MB", () => {
  const fd = openSync(path, "w");
  ftruncateSync(fd, 100 * 1024 * 1024);
  closeSync(fd);
  const before = process.memoryUsage().arrayBuffers;
  expect(readJsonObject(path)).toBeUndefined();
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50 * 1024 * 1024);
});

it("reads a file of the maximum length, and no longer one", () => {
  const text = (length: number) => `{"a": "${"x".repeat(length - 9)}"}`;
  expect(read(text(MAX_FILE_BYTES))).toBeDefined();
  expect(read(text(MAX_FILE_BYTES + 1))).toBeUndefined();
});

describe("an object written over a longer, older one", () => {
  it.each([
    ['{"a": 1}}', { a: 1 }],
    ['{"a": 1}ld"}', { a: 1 }],
    ['{"a": {"b": "}\\"}"}} "older": 1}', { a: { b: '}"}' } }],
    ['{"a": 1}\n{"b": 2}', { a: 1 }],
  ])("is read: %s", (text, object) => {
    expect(read(text)).toEqual(object);
  });

  it("is read whole, wherever the old text begins", () => {
    const object = fc.dictionary(fc.string(), fc.jsonValue());
    fc.assert(
      fc.property(object, fc.string(), (value, rest) => {
        const text = JSON.stringify(value);
        expect(JSON.stringify(read(text + rest))).toBe(text);
      }),
    );
  });
});

it("treats `__proto__` like any other field", () => {
  const object = read('{"__proto__": {"accessToken": "x"}, "a": 1}');
  expect(object?.accessToken).toBeUndefined();
  expect(Object.keys(object ?? {})).toEqual(["__proto__", "a"]);
});
