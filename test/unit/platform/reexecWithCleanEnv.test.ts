import { spawnSync } from "node:child_process";
import { chmodSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, it } from "vitest";
import type { Home } from "../../support/home.ts";
import { temporaryHome } from "../../support/temporary.ts";

let home: Home;
beforeEach(async () => {
  home = await temporaryHome();
});

const MODULE = new URL("../../../src/platform/reexecWithCleanEnv.ts", import.meta.url).href;

/** Restarts from that file, in a process of its own: from source the file is `process.execPath`. */
function restartFrom(execPath: string, env: Record<string, string> = { NODE_DEBUG: "none" }) {
  const code = `process.execPath = process.env.FILE; delete process.env.FILE;
    (await import(${JSON.stringify(MODULE)})).reexecWithCleanEnv();
    console.log("went on");`;
  const words = ["--no-warnings", "--input-type=module", "--eval", code];
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, words, {
    encoding: "utf8",
    env: { FILE: execPath, HOME: home.path, ...env },
  });
  return { status, signal, stdout, stderr };
}

function file(content: string, mode: number): string {
  const path = join(home.path, "sso-cred");
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

it("continues if no variable requires a restart", () => {
  expect(restartFrom("/nonexistent", {})).toMatchObject({ status: 0, stdout: "went on\n" });
});

it.each<[string, () => string, RegExp]>([
  ["that is gone", () => join(home.path, "sso-cred"), /sso-cred is gone/],
  ["that may not be executed", () => file("\u007fELF", 0o644), /sso-cred cannot be executed \(EACCES\)/],
  ["that is a folder", () => home.path, / is not a file/],
  ["that is a link to itself", () => loop(), /sso-cred cannot be executed \(ELOOP\)/],
  ["below another file", () => join(file("", 0o755), "sso-cred"), /cannot be executed \(ENOTDIR\)/],
])("says in one line that it cannot restart from a file %s, and ends with 3", (_, make, fault) => {
  const { status, signal, stdout, stderr } = restartFrom(make());
  expect({ status, signal, stdout }).toEqual({ status: 3, signal: null, stdout: "" });
  expect(stderr).toMatch(
    /^sso-cred: NODE_DEBUG is set, and the program cannot restart without it: [^\n]+\n$/,
  );
  expect(stderr).toMatch(fault);
});

it.runIf(process.platform === "linux").each([
  ["is empty", ""],
  ["is text", "echo intruder; exit 0\n"],
  ["is a script", "#!/bin/sh\necho intruder; exit 0\n"],
  ["is for another processor", elfHeader(0x15)],
])("runs nothing that %s, and says so (on Linux)", (_, content) => {
  const { status, signal, stdout, stderr } = restartFrom(file(content, 0o755));
  expect({ status, signal, stdout }).toEqual({ status: 3, signal: null, stdout: "" });
  expect(stderr).toMatch(/^sso-cred: [^\n]*sso-cred is not a program for this machine\n$/);
});

function loop(): string {
  const path = join(home.path, "sso-cred");
  symlinkSync(path, path);
  return path;
}

/** The first bytes of an executable (elf(5)), 64-bit little-endian. The rest is missing. */
function elfHeader(machine: number): string {
  return `\u007fELF\u0002\u0001\u0001${"\0".repeat(9)}\u0002\0${String.fromCharCode(machine)}\0`;
}
