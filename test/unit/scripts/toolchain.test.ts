import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  hostTarget,
  isInstalled,
  NODE_PACKAGES,
  readPackages,
  root,
  TARGETS,
} from "../../../scripts/toolchain.mjs";
import { VERSION } from "../../../src/platform/version.ts";

const manifest = JSON.parse(readFileSync(`${root}package.json`, "utf8"));
const locked = readPackages(`${root}package-lock.json`) ?? {};

describe("the pinned Node", () => {
  test("has one version for all targets, in package.json as in package-lock.json", () => {
    const versions = TARGETS.flatMap((target) => [
      manifest.optionalDependencies[NODE_PACKAGES[target]],
      locked[`node_modules/${NODE_PACKAGES[target]}`]?.version,
    ]);
    expect(new Set(versions).size).toBe(1);
  });

  test("runs this test, and its types have the same major version", () => {
    const version = manifest.optionalDependencies[NODE_PACKAGES[hostTarget()]];
    expect(process.versions.node).toBe(version);
    expect(manifest.devDependencies["@types/node"].split(".")[0]).toBe(version.split(".")[0]);
  });
});

describe("package-lock.json", () => {
  test("is what node_modules holds", () => {
    expect(isInstalled()).toBe(true);
  });

  test("holds the hash of every package, also of those for other platforms", () => {
    const without = Object.entries(locked).filter(([path, { integrity }]) => path !== "" && !integrity);
    expect(without.map(([path]) => path)).toEqual([]);
  });

  test("installs without running the packages' scripts", () => {
    expect(readFileSync(`${root}.npmrc`, "utf8").split("\n")).toContain("ignore-scripts=true");
  });

  test("knows every package that another one names as optional, or npm ci refuses to work", () => {
    const missing = Object.values(locked).flatMap(({ optionalDependencies = {} }) =>
      Object.keys(optionalDependencies).filter(
        (name) => !Object.keys(locked).some((path) => path.endsWith(`node_modules/${name}`)),
      ),
    );
    expect(missing).toEqual([]);
  });

  test("pins every direct dependency to one version", () => {
    const { dependencies, devDependencies, optionalDependencies } = manifest;
    for (const [name, version] of Object.entries({
      ...dependencies,
      ...devDependencies,
      ...optionalDependencies,
    })) {
      expect({ name, version }).toEqual({ name, version: locked[`node_modules/${name}`]?.version });
    }
  });
});

test("the program prints the version of package.json", () => {
  expect(VERSION).toBe(manifest.version);
});
