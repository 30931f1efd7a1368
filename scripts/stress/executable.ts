import { constants, copyFileSync, existsSync, mkdirSync, rmSync } from "node:fs";
import buildExecutable, { EXECUTABLE } from "../../test/support/builtExecutable.ts";
import { root } from "../toolchain.mjs";

const VARIABLE = "SSO_CRED_BINARY";

/** The executable under test: the one that SSO_CRED_BINARY names, else the copy that `freezeExecutable` made. */
export function executable(): string {
  return process.env[VARIABLE] ?? EXECUTABLE;
}

/**
 * Builds the executable and copies it aside, so that a build meanwhile does not change what is measured. Answers what
 * takes the copy away.
 */
export function freezeExecutable(): () => void {
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
