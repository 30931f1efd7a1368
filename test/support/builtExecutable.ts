import { execFileSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { pinnedNode } from "../../scripts/toolchain.mjs";

const built = (name: string) => fileURLToPath(new URL(`../../dist/${name}`, import.meta.url));

/**
 * The command installed as `sso-cred`: the native front, or the program if there is no C compiler.
 * Built by the set-up of the tests.
 */
export const EXECUTABLE = built("sso-cred");
const core = built("sso-cred-core");
/** True if the build had a C compiler. Otherwise the program takes the front's place. */
export const hasFront =
  existsSync(EXECUTABLE) && existsSync(core) && statSync(EXECUTABLE).ino !== statSync(core).ino;
/** The TypeScript program without a front. */
export const PROGRAM = hasFront ? core : EXECUTABLE;

/** vitest's global set-up: builds the executable, so that no test runs an outdated one. */
export default function setup(): void {
  const script = fileURLToPath(new URL("../../scripts/build.ts", import.meta.url));
  execFileSync(pinnedNode(), ["--disable-warning=ExperimentalWarning", script], { stdio: "inherit" });
}
