import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { signAdHoc } from "../../../scripts/release/adhocSignature.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const go = spawnSync("go", ["version"]);

test.skipIf(go.error)(
  "gives a darwin/arm64 program the same signature as Go's linker (needs go)",
  () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "main.go"), "package main\n\nfunc main() {}\n");
    writeFileSync(join(folder, "go.mod"), "module example\n\ngo 1.20\n");
    const env = { ...process.env, GOOS: "darwin", GOARCH: "arm64", GOFLAGS: "", GOTOOLCHAIN: "local" };
    const built = spawnSync("go", ["build", "-o", "program"], { cwd: folder, env, encoding: "utf8" });
    expect(built).toMatchObject({ status: 0 });
    const program = readFileSync(join(folder, "program"));
    const damaged = Buffer.from(program);
    damaged.fill(0, damaged.length - 4_000);
    expect(signAdHoc(damaged, "a.out").equals(program)).toBe(true);
    expect(signAdHoc(withoutSignature(program), "a.out").equals(program)).toBe(true);
  },
  120_000,
);

test("rejects a file that is not a program for macOS", () => {
  expect(() => signAdHoc(Buffer.alloc(4_096), "x")).toThrow("not a 64-bit Mach-O file");
});

/**
 * The program as packing leaves it: without the load command, which Go's linker writes last, and
 * without the signature.
 */
function withoutSignature(program: Buffer): Buffer {
  const commandsEnd = 32 + program.readUInt32LE(20);
  const command = commandsEnd - 16;
  expect(program.readUInt32LE(command)).toBe(0x1d);
  const file = Buffer.from(program.subarray(0, program.readUInt32LE(command + 8)));
  file.fill(0, command, commandsEnd);
  file.writeUInt32LE(program.readUInt32LE(16) - 1, 16);
  file.writeUInt32LE(program.readUInt32LE(20) - 16, 20);
  return file;
}
