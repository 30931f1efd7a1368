import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeReaderCases } from "./initReaders.ts";

/**
 * Run separately: `node test/interop/init_botocore.ts [PYTHON]`; the Python needs botocore. Exit
 * code 0: both readers agree.
 */
const folder = mkdtempSync(join(tmpdir(), "sso-cred-botocore-"));
try {
  writeReaderCases(folder);
  const script = fileURLToPath(new URL("init_botocore.py", import.meta.url));
  const { status } = spawnSync(process.argv[2] ?? "python3", [script, folder], { stdio: "inherit" });
  process.exitCode = status ?? 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
