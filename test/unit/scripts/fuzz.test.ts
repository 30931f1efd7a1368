import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { pinnedNode } from "../../../scripts/toolchain.mjs";

const FUZZ = fileURLToPath(new URL("../../../scripts/fuzz.ts", import.meta.url));
const PLANTED = fileURLToPath(new URL("plantedFaults.ts", import.meta.url));
const ENDLESS = fileURLToPath(new URL("endlessLoop.ts", import.meta.url));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sso-cred-fuzz-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function fuzz(...args: string[]) {
  const options = ["--disable-warning=ExperimentalWarning", FUZZ, "--seed", "7", "--folder", folder];
  const { status, stdout } = spawnSync(pinnedNode(), [...options, ...args], { encoding: "utf8" });
  return { status, stdout };
}

it("the fuzzer finds what is behind four conditions, makes it small and keeps it", () => {
  const { status, stdout } = fuzz("--runs", "12000", "--first", PLANTED);
  expect(stdout).toContain("planted behind four characters");
  expect(status).toBe(1);
  const [name = ""] = readdirSync(join(folder, "plantedFaults/findings"));
  const [text] = JSON.parse(readFileSync(join(folder, "plantedFaults/findings", name), "utf8"));
  expect(text).toBe("fUzZ");
});

it("chance alone does not find it in as many", () => {
  expect(fuzz("--runs", "12000", "--blind", PLANTED).status).toBe(0);
});

it("an input that never ends is a finding", () => {
  const { status, stdout } = fuzz("--hang-seconds", "3", ENDLESS);
  expect(stdout).toContain("did not end within 3 s");
  expect(status).toBe(1);
});
