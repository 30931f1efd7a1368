import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { runInChild } from "../../support/child.ts";

it("names the owner of a file that cannot be read", ({ skip }) => {
  skip(process.getuid?.() !== 0, "only root can become another user");
  const folder = mkdtempSync(join(tmpdir(), "read-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "config");
  chmodSync(folder, 0o755);
  writeFileSync(path, "", { mode: 0o600 });
  const module = new URL("../../../src/platform/readRegularFile.ts", import.meta.url);
  const code = `process.stdout.write(m.readRegularFile(${JSON.stringify(path)}).fault)`;
  expect(runInChild(module, code, { unprivileged: true })).toBe(
    "cannot be read (EACCES; it belongs to root)",
  );
});
