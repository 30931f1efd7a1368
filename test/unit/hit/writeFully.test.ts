import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { writeFully } from "../../../src/hit/writeFully.ts";

/** More than any pipe holds. */
const TEXT = "\u00e9".repeat(1_000_000);

let folder: string;
let reader: ChildProcess | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "write-fully-"));
});
afterEach(() => {
  reader?.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

/** A non-blocking pipe, with a shell command at its other end. */
function pipeInto(command: string): number {
  reader = spawn("/bin/sh", ["-c", command], { cwd: folder, stdio: ["pipe", "ignore", "inherit"] });
  reader.stdin?.on("error", () => {});
  return (reader.stdin as unknown as { _handle: { fd: number } })._handle.fd;
}

it("writes the whole text to a file", () => {
  const fd = openSync(join(folder, "file"), "w");
  writeFully(fd, TEXT, 0);
  closeSync(fd);
  expect(readFileSync(join(folder, "file"), "utf8")).toBe(TEXT);
});

it("waits for a slow reader", async () => {
  writeFully(pipeInto("cat > file"), TEXT, 60_000);
  reader?.stdin?.end();
  await once(reader as ChildProcess, "close");
  expect(readFileSync(join(folder, "file"), "utf8")).toBe(TEXT);
});

it("gives up at the deadline if a pipe stays full", () => {
  const fd = pipeInto("exec sleep 60");
  expect(() => writeFully(fd, TEXT, 0)).toThrow("EAGAIN");
});

const MODULE = JSON.stringify(new URL("../../../src/hit/writeFully.ts", import.meta.url).href);

it.runIf(process.platform === "linux")(
  "gives up on a full pipe that blocks its writers, as those of a shell",
  () => {
    const code = `import { writeFully } from ${MODULE};
    try { writeFully(1, "x", 100) } catch (error) { process.stderr.write(error.code) }`;
    const writer = `head -c 65536 /dev/zero; "$0" --no-warnings --input-type=module --eval "$1" 2>&3`;
    const command = `{ { ${writer}; } | sleep 3; } 3>&1`;
    expect(execFileSync("/bin/sh", ["-c", command, process.execPath, code], { encoding: "utf8" })).toBe(
      "EAGAIN",
    );
  },
);

it("fails when the reader has gone", () => {
  const code = `import { writeFully } from ${MODULE};
    try { for (;;) writeFully(1, "x".repeat(1000), 0) } catch (error) { process.stderr.write(error.code) }`;
  const command = `{ "$0" --no-warnings --input-type=module --eval "$1" 2>&3 | true; } 3>&1`;
  expect(execFileSync("/bin/sh", ["-c", command, process.execPath, code], { encoding: "utf8" })).toBe(
    "EPIPE",
  );
});
