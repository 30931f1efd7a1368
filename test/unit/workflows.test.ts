import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const FOLDER = `${ROOT}.github/workflows/`;
const { scripts } = JSON.parse(readFileSync(`${ROOT}package.json`, "utf8"));

describe.each(readdirSync(FOLDER))("the workflow %s", (name) => {
  const text = readFileSync(`${FOLDER}${name}`, "utf8");

  test("pins each action by commit and names its version", () => {
    const uses = [...text.matchAll(/uses: (.*)/g)].map(([, action = ""]) => action);
    expect(uses.length).toBeGreaterThan(0);
    expect(uses.filter((action) => !/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(action))).toEqual(
      [],
    );
  });

  test("runs only npm scripts that the project has", () => {
    const named = [...text.matchAll(/npm (?:run )?(test|(?<=run )[\w-]+)/g)].map(([, script = ""]) => script);
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((script) => !(script in scripts))).toEqual([]);
  });

  test("starts with read permission only", () => {
    expect(text).toMatch(/^permissions:\n {2}contents: read$/m);
  });
});

const actionlint = spawnSync("actionlint", ["--version"]);

test.skipIf(actionlint.error)("actionlint finds no fault (needs actionlint)", () => {
  const { status, stdout } = spawnSync("actionlint", ["-no-color"], { cwd: ROOT, encoding: "utf8" });
  expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
});
