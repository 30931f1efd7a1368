import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, it, onTestFinished } from "vitest";
import { writeFully } from "../../../src/hit/writeFully.ts";
import { temporaryFolder } from "../../support/temporary.ts";

/** More than any pipe holds. */
const TEXT = "\u00e9".repeat(1_000_000);

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});

/** A non-blocking pipe, with a shell command at its other end. */
function pipeInto(command: string) {
  const reader = spawn("/bin/sh", ["-c", command], { cwd: folder, stdio: ["pipe", "ignore", "inherit"] });
  onTestFinished(() => void reader.kill("SIGKILL"));
  reader.stdin.on("error", () => {});
  return { reader, fd: (reader.stdin as unknown as { _handle: { fd: number } })._handle.fd };
}

it("writes the whole text to a file", () => {
  const fd = openSync(join(folder, "file"), "w");
  writeFully(fd, TEXT, 0);
  closeSync(fd);
  expect(readFileSync(join(folder, "file"), "utf8")).toBe(TEXT);
});

it("waits for a slow reader", async () => {
  const { reader, fd } = pipeInto("cat > file");
  writeFully(fd, TEXT, 60_000);
  reader.stdin.end();
  await once(reader, "close");
  expect(readFileSync(join(folder, "file"), "utf8")).toBe(TEXT);
});

it("gives up at the deadline if a pipe stays full", () => {
  const { fd } = pipeInto("exec sleep 60");
  expect(() => writeFully(fd, TEXT, 0)).toThrow("EAGAIN");
});

/** What a shell command prints in which $0 is Node and $1 the code. */
const printed = (command: string, code: string) =>
  execFileSync("/bin/sh", ["-c", command, process.execPath, code], { cwd: folder, encoding: "utf8" });

const MODULE = JSON.stringify(new URL("../../../src/hit/writeFully.ts", import.meta.url).href);

it.runIf(process.platform === "linux")(
  "gives up on a full pipe that blocks its writers, as those of a shell (on Linux)",
  () => {
    const code = `import { writeFully } from ${MODULE};
    try { writeFully(1, "x", 100) } catch (error) { process.stderr.write(error.code) }`;
    const writer = `head -c 65536 /dev/zero; "$0" --no-warnings --input-type=module --eval "$1" 2>&3`;
    const command = `mkfifo end; { { ${writer}; : >end; } | cat end; } 3>&1`;
    expect(printed(command, code)).toBe("EAGAIN");
  },
);

it("fails when the reader has gone", () => {
  const code = `import { writeFully } from ${MODULE};
    try { for (;;) writeFully(1, "x".repeat(1000), 0) } catch (error) { process.stderr.write(error.code) }`;
  const command = `{ "$0" --no-warnings --input-type=module --eval "$1" 2>&3 | true; } 3>&1`;
  expect(printed(command, code)).toBe("EPIPE");
});
