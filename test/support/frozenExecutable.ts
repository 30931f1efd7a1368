import { constants, copyFileSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { root } from "../../scripts/toolchain.mjs";
import buildExecutable, { EXECUTABLE } from "./builtExecutable.ts";

const VARIABLE = "SSO_CRED_BINARY";

/** The executable under test: the one that SSO_CRED_BINARY names, else the copy that the global set-up made. */
export function executable(): string {
  return process.env[VARIABLE] ?? EXECUTABLE;
}

/** vitest's global set-up: builds the executable and copies it, so that a later build does not change what is tested. */
export default function setup(): () => void {
  if (process.env[VARIABLE]) return () => {};
  buildExecutable();
  // `init` writes only a path that ends in its name.
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
