import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import {
  breaches,
  cycles,
  type FloorTable,
  type Reserved,
  type Sources,
  staticClosure,
} from "../support/floorPlan.ts";

/** Read from docs/architecture.md, so that there is only one list. Lowest first. */
const FLOORS: FloorTable = floorsOf(
  readFileSync(fileURLToPath(new URL("../../docs/architecture.md", import.meta.url)), "utf8"),
);

const RESERVED: Reserved = {
  "@aws-sdk/client-sso-oidc": "identityCenter/oidcSdk.ts",
  "@aws-sdk/client-sso": "identityCenter/portalSdk.ts",
  "@inquirer/": "init/wizard/prompts.ts",
};

describe("the source", () => {
  test("keeps the floor plan", () => {
    expect(breaches(readSources(), FLOORS, RESERVED)).toEqual([]);
  });

  test("loads main.ts, the files of hit/ and node:fs for a cache hit, and nothing else", () => {
    const sources = readSources();
    const hit = Object.keys(sources).filter((name) => name.startsWith("hit/"));
    expect(staticClosure("main.ts", sources)).toEqual([...hit, "main.ts", "node:fs"].sort());
  });

  test("builds no pattern of Unicode properties while it loads, which takes a run a millisecond", () => {
    const sources = readSources();
    const loaded = staticClosure("cli/cli.ts", sources).filter((name) => name in sources);
    expect(loaded.length).toBeGreaterThan(50);
    const builders = loaded.filter((name) =>
      /^(?:export )?const .*\n? *\/.*\\p\{/m.test(sources[name] ?? ""),
    );
    expect(builders).toEqual([]);
  });

  test("has only main.ts, model.ts and errors.ts outside a room", () => {
    const loose = Object.keys(readSources()).filter((name) => !name.includes("/"));
    expect(loose.sort()).toEqual(["errors.ts", "main.ts", "model.ts"]);
  });
});

describe("src, scripts and test together", () => {
  const sources: Sources = Object.fromEntries(
    ["src", "scripts", "test"].flatMap((folder) =>
      Object.entries(readSources(folder)).map(([name, text]) => [`${folder}/${name}`, text]),
    ),
  );

  test("have no import cycle", () => {
    expect(Object.keys(sources).length).toBeGreaterThan(500);
    expect(cycles(sources)).toEqual([]);
  });

  test("have no file over 250 lines", () => {
    const long = Object.entries(sources).filter(([, text]) => text.trimEnd().split("\n").length > 250);
    expect(long.map(([name]) => name)).toEqual([]);
  });

  test("have no comment over 100 columns", () => {
    const long = Object.entries(sources).flatMap(([name, text]) =>
      text.split("\n").flatMap((line, at) => (isLongComment(line) ? [`${name}:${at + 1}`] : [])),
    );
    expect(long).toEqual([]);
  });

  test.each([
    [`// ${"x".repeat(97)}`, false],
    [`// ${"x".repeat(98)}`, true],
    [`   * ${"x".repeat(98)}`, true],
    [`  /** ${"x".repeat(98)} */`, true],
    [`call(${"x".repeat(90)}); // why`, true],
    [`call("${"x".repeat(98)}");`, false],
  ])("the length of the comment in %j is too long: %j", (line, isLong) => {
    expect(isLongComment(line)).toBe(isLong);
  });
});

describe("the floor plan's checker", () => {
  const floors = [["leaf.ts", "b/types.ts"], ["a/", "b/"], ["top.ts"]];
  const good = {
    "leaf.ts": "",
    "a/one.ts": "",
    "a/two.ts": "",
    "b/three.ts": "",
    "b/types.ts": "",
    "top.ts": "",
  };
  const inTop = (line: string) => breaches({ ...good, "top.ts": line }, floors, { "@lib/": "a/one.ts" });
  const inRoomA = (line: string) => breaches({ ...good, "a/one.ts": line }, floors, { "@lib/": "a/one.ts" });

  test.each([
    'import { x } from "./two.ts";',
    'import { x } from "../leaf.ts";',
    'import type { X } from "../b/types.ts";',
    'import lib from "@lib/core";',
    "// import up from ../top.ts",
    'const text = "import";',
  ])("accepts %s", (line) => {
    expect(inRoomA(line)).toEqual([]);
  });

  test.each([
    'import "../top.ts";',
    'import { x } from "../top.ts";',
    'import {\n  x,\n  y,\n} from "../top.ts";',
    'import x, { y } from "../top.ts";',
    'import * as x from "../top.ts";',
    'import type { X } from "../top.ts";',
    'import { type X } from "../top.ts";',
    'export { x } from "../top.ts";',
    'export * from "../top.ts";',
    'export type { X } from "../top.ts";',
    'const x = await import("../top.ts");',
    'type X = import("../top.ts").X;',
  ])("finds the upward import in %j", (line) => {
    expect(inRoomA(line)).toEqual(["a/one.ts imports ../top.ts: that is upstairs"]);
  });

  test("rejects an import from another room of the same floor", () => {
    expect(inRoomA('import "../b/three.ts";')).toEqual([
      "a/one.ts imports ../b/three.ts: that is another room of the same floor",
    ]);
  });

  test("rejects an upward import inside a folder that spans two floors", () => {
    expect(breaches({ ...good, "b/types.ts": 'import type { X } from "./three.ts";' }, floors, {})).toEqual([
      "b/types.ts imports ./three.ts: that is upstairs",
    ]);
  });

  test("rejects a reserved package in any other file", () => {
    expect(inTop('import type { X } from "@lib/core";')).toEqual([
      "top.ts imports @lib/core: only a/one.ts may",
    ]);
  });

  test("rejects imports that it cannot read, missing files, and files without a floor", () => {
    expect(inTop("await import(name);")).toEqual(["top.ts imports (computed): not readable by this test"]);
    expect(inTop('import "./gone.ts";')).toEqual(["top.ts imports ./gone.ts: no such file"]);
    expect(breaches({ "c/new.ts": "" }, floors, {})).toEqual(["c/new.ts is not in the floor table"]);
  });

  test("rejects a cycle, also of types and of dynamic imports", () => {
    const sources = {
      ...good,
      "a/one.ts": 'import type { X } from "./two.ts";',
      "a/two.ts": 'await import("./one.ts");',
    };
    expect(breaches(sources, floors, {})).toEqual(["cycle: a/one.ts → a/two.ts → a/one.ts"]);
  });

  test("follows only what is really loaded", () => {
    const sources = {
      "top.ts": 'import "./a/one.ts";\nimport type { X } from "./leaf.ts";\nawait import("./b/three.ts");',
      "a/one.ts": 'import { y } from "node:fs";\nexport * from "./two.ts";',
      "a/two.ts": "",
    };
    expect(staticClosure("top.ts", sources)).toEqual(["a/one.ts", "a/two.ts", "node:fs", "top.ts"]);
  });
});

/** True if a line of more than 100 columns is a comment or ends in one. */
function isLongComment(line: string): boolean {
  return line.length > 100 && /^\s*(\/\/|\/?\*)|\s\/\/ /.test(line);
}

function readSources(root = "src"): Sources {
  const folder = fileURLToPath(new URL(`../../${root}/`, import.meta.url));
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".ts"),
  );
  return Object.fromEntries(
    files.map((name) => [name.replaceAll("\\", "/"), readFileSync(`${folder}${name}`, "utf8")]),
  );
}

/** Rows of the first code block: floor number, files and folders, two spaces, description. */
function floorsOf(document: string): string[][] {
  const [, table = ""] = document.split(/^```$/m);
  const floors: string[][] = [];
  for (const row of table.trim().split("\n")) {
    const [names = ""] = row
      .slice(4)
      .trim()
      .split(/\s{2,}/);
    if (/^[\d ]\d /.test(row)) floors.unshift([]);
    floors[0]?.push(...names.split(" ").filter((name) => /\/$|\.ts$/.test(name)));
  }
  return floors;
}
