import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { KNOWN_REGIONS, regionProblem } from "../../../src/config/regions.ts";

const PARTITIONS = "@aws-sdk/core/dist-es/submodules/client/util-endpoints/lib/aws/partitions.js";

it("the known regions are those of the SDK's endpoint rules", () => {
  const rules = readFileSync(new URL(`../../../node_modules/${PARTITIONS}`, import.meta.url), "utf8");
  const names = [...rules.matchAll(/"([\w-]+)": \{\s+"description"/g)].map(([, name]) => name);
  expect([...KNOWN_REGIONS].sort()).toEqual(names.filter((name) => !name?.endsWith("-global")).sort());
  expect(KNOWN_REGIONS.filter((region) => regionProblem(region) !== undefined)).toEqual([]);
});
