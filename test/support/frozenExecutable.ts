import { constants, copyFileSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { root } from "../../scripts/toolchain.mjs";
import buildExecutable, { EXECUTABLE } from "./builtExecutable.ts";

/** Names the tested executable to `run.ts`. */
const VARIABLE = "SSO_CRED_BINARY";

/** vitest's global set-up: tests a copy of the built executable, which no later build changes. */
export default function setup(): () => void {
  if (process.env[VARIABLE]) return () => {};
  buildExecutable();
  // The name must be kept, because `init` writes only a path that ends in it.
  const folder = `${root}.cache/frozen-${process.pid}`;
  const copy = `${folder}/sso-cred`;
  mkdirSync(folder, { recursive: true });
  copyFileSync(EXECUTABLE, copy, constants.COPYFILE_FICLONE);
  const program = `${EXECUTABLE}-core`;
  if (existsSync(program)) copyFileSync(program, `${copy}-core`, constants.COPYFILE_FICLONE);
  process.env[VARIABLE] = copy;
  return () => {
    delete process.env[VARIABLE];
    rmSync(folder, { recursive: true, force: true });
  };
}
