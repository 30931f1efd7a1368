import { execFileSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { pinnedNode } from "../../scripts/toolchain.mjs";

const built = (name: string) => fileURLToPath(new URL(`../../dist/${name}`, import.meta.url));

/** What is installed as `sso-cred`: the native front, or the program where there is no C compiler. Built by the set-up of the tests. */
export const EXECUTABLE = built("sso-cred");
const core = built("sso-cred-core");
/** Whether the build had a C compiler: else the program stands in the front's place. */
export const hasFront =
  existsSync(EXECUTABLE) && existsSync(core) && statSync(EXECUTABLE).ino !== statSync(core).ino;
/** The TypeScript program, complete by itself. */
export const PROGRAM = hasFront ? core : EXECUTABLE;

/** vitest's global set-up: a test never meets a stale executable, however it was started. */
export default function setup(): void {
  const script = fileURLToPath(new URL("../../scripts/build.ts", import.meta.url));
  execFileSync(pinnedNode(), ["--disable-warning=ExperimentalWarning", script], { stdio: "inherit" });
}
