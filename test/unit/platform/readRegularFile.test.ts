import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runInChild } from "../../support/child.ts";
import { temporaryFolder } from "../../support/temporary.ts";

it("names the owner of a file that cannot be read", ({ skip }) => {
  skip(process.getuid?.() !== 0, "only root can become another user");
  const folder = temporaryFolder();
  const path = join(folder, "config");
  chmodSync(folder, 0o755);
  writeFileSync(path, "", { mode: 0o600 });
  const module = new URL("../../../src/platform/readRegularFile.ts", import.meta.url);
  const code = `process.stdout.write(m.readRegularFile(${JSON.stringify(path)}).fault)`;
  expect(runInChild(module, code, { unprivileged: true })).toBe(
    "cannot be read (EACCES; it belongs to root)",
  );
});
