import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, it } from "vitest";
import { openTrace } from "../../../src/platform/trace.ts";
import { temporaryFolder } from "../../support/temporary.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = temporaryFolder();
  path = join(folder, "trace");
});

const step = (what: string, details?: object) =>
  openTrace({ SSO_CRED_TRACE: path }, Date.now() - 42).step(what, details as Record<string, unknown>);
const lines = () => readFileSync(path, "utf8").split("\n");
const mode = () => (statSync(path).mode & 0o777).toString(8);

it("writes one line a step: time, process, milliseconds since the start, what, details", () => {
  step("begin", { version: "1.0", nothing: undefined });
  step("end");
  expect(lines()).toEqual([
    expect.stringMatching(new RegExp(`^\\d{4}-.*Z ${process.pid} \\+\\d+ms begin version=1.0$`)),
    expect.stringMatching(/ end$/),
    "",
  ]);
});

it("is readable only by its owner, even if the file was not", () => {
  step("new");
  expect(mode()).toBe("600");
  writeFileSync(path, "old\n", { mode: 0o644 });
  rmSync(path);
  writeFileSync(path, "old\n", { mode: 0o644 });
  step("more");
  expect([mode(), lines()[0]]).toEqual(["600", "old"]);
});

it("masks what looks like a secret by its name or by itself, and stays on one line", () => {
  const secret = "aoaAAAAAGdQ3xT9vK2mN8pL5rW7yB4cF6hJ1sD0";
  step("sent", {
    accessToken: "short",
    refreshToken: 7,
    note: `with ${secret} in it`,
    list: [secret],
    text: "a\nb\u001b[2J",
  });
  expect(lines()).toHaveLength(2);
  expect(lines()[0]).toContain("sent accessToken=*** refreshToken=*** note=with *** in it");
  expect(lines()[0]).not.toContain(secret);
  expect(lines()[0]).not.toContain("\u001b");
});

it("causes no failure where it cannot be written", () => {
  mkdirSync(path);
  step("into a folder");
  rmSync(path, { recursive: true });
  execFileSync("mkfifo", [path]);
  step("into a pipe that nobody reads");
  rmSync(path);
  symlinkSync("/proc/no-such-folder/trace", path);
  step("into nowhere");
  openTrace({}, 0).step("without a file");
  openTrace({ SSO_CRED_TRACE: "" }, 0).step("without a name");
  rmSync(path);
  step("at last");
  expect(lines()).toHaveLength(2);
});
