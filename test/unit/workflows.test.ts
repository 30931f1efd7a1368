import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { TARGETS } from "../../scripts/toolchain.mjs";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const FOLDER = `${ROOT}.github/workflows/`;
const { scripts } = JSON.parse(readFileSync(`${ROOT}package.json`, "utf8"));

/** Each word after `--` is a flag that the script reads, a target, or the beginning of a test file's name. */
function isKnown(script: string, words: string): boolean {
  if (!(script in scripts)) return false;
  const source = readFileSync(`${ROOT}scripts/${script}.ts`, "utf8");
  return words
    .replace(/\$\{\{.*?\}\}/g, "")
    .split(/\s+/)
    .every((word) =>
      word.startsWith("--")
        ? new RegExp(`"${word}"|\\b${word.slice(2)}: \\{ type:`).test(source)
        : word === "" || existsSync(`${ROOT}test/${script}/${word}.test.ts`),
    );
}

describe.each(readdirSync(FOLDER))("the workflow %s", (name) => {
  const text = readFileSync(`${FOLDER}${name}`, "utf8");

  test("pins each action by commit and names its version", () => {
    const uses = [...text.matchAll(/uses: (.*)/g)].map(([, action = ""]) => action);
    expect(uses.length).toBeGreaterThan(0);
    expect(uses.filter((action) => !/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(action))).toEqual(
      [],
    );
  });

  test("runs only npm scripts that the project has, with arguments that they know", () => {
    const named = [...text.matchAll(/npm (?:run )?(test|(?<=run )[\w-]+)(?: -- (.*))?$/gm)];
    expect(named.length).toBeGreaterThan(0);
    const unknown = named.filter(([, script = "", words = ""]) => !isKnown(script, words));
    expect(unknown.map(([line]) => line)).toEqual([]);
  });

  test("starts with read permission only", () => {
    expect(text).toMatch(/^permissions:\n {2}contents: read$/m);
  });
});

test("the release is built for every target, and tried before it is published", () => {
  const text = readFileSync(`${FOLDER}release.yml`, "utf8");
  const built = [...text.matchAll(/target: ([\w-]+),/g)].map(([, target]) => target);
  expect(built.toSorted()).toEqual(TARGETS.toSorted());
  const steps = ["release -- --assemble", "platforms -- release", "gh release create", "npm publish"];
  const places = steps.map((step) => text.indexOf(step));
  expect(places.every((place) => place > 0)).toBe(true);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
});

const actionlint = spawnSync("actionlint", ["--version"]);

test.skipIf(actionlint.error)("actionlint, where it is in PATH, finds nothing to complain about", () => {
  const { status, stdout } = spawnSync("actionlint", ["-no-color"], { cwd: ROOT, encoding: "utf8" });
  expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
});
