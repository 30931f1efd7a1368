import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { pinnedNode } from "../../scripts/toolchain.mjs";

/** The executable of this machine, built by the set-up of the `binary` tests. */
export const EXECUTABLE = fileURLToPath(new URL("../../dist/sso-cred", import.meta.url));

/** vitest's global set-up: a test never meets a stale executable, however it was started. */
export default function setup(): void {
  const script = fileURLToPath(new URL("../../scripts/build.ts", import.meta.url));
  execFileSync(pinnedNode(), ["--disable-warning=ExperimentalWarning", script], { stdio: "inherit" });
}
