import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { findCompiler, hasFront } from "../../../scripts/build/front.ts";
import { hostTarget, TARGETS, type Target } from "../../../scripts/toolchain.mjs";
import { temporaryFolder } from "../../support/temporary.ts";

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
  vi.stubEnv("PATH", folder);
  vi.stubEnv("CC", "");
});
afterEach(() => void vi.unstubAllEnvs());
/** A compiler that does nothing, or one that fails. */
function install(name: string, works = true): void {
  writeFileSync(join(folder, name), `#!/bin/sh\nexit ${works ? 0 : 1}\n`);
  chmodSync(join(folder, name), 0o755);
}
const find = (target: Target = hostTarget()) => findCompiler(target, { zig: false, say() {} });

test("every target but Windows has a front", () => {
  expect(TARGETS.filter((target) => !hasFront(target))).toEqual(["win-x64"]);
});

test("CC names the compiler, with its options", async () => {
  install("cc");
  vi.stubEnv("CC", "ccache clang -m64");
  expect(await find()).toEqual(["ccache", "clang", "-m64"]);
});

test("the first compiler that works is taken; none is no error", async () => {
  expect(await find()).toBe(undefined);
  install("gcc");
  install("cc", false);
  expect(await find()).toEqual(["gcc"]);
});

test("for another platform only zig is used, whatever CC says", async () => {
  const other = TARGETS.find((target) => target !== hostTarget() && hasFront(target)) as Target;
  install("cc");
  vi.stubEnv("CC", "cc");
  expect(await find(other)).toBe(undefined);
  install("zig");
  expect((await find(other))?.slice(0, 3)).toEqual(["zig", "cc", "-target"]);
  expect(await find("win-x64")).toBe(undefined);
});
