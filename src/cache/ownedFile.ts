import {
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  openSync,
  type Stats,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { SsoCredError } from "../errors.ts";
import { attempt, closing } from "../platform/attempt.ts";
import { errorCode, findDenial, findNonFolder } from "../platform/systemError.ts";

/** Error codes of file systems that do not support a call. */
const UNSUPPORTED = new Set(["EINVAL", "ENOSYS", "ENOTSUP", "EOPNOTSUPP", "EPERM"]);

/** Error codes that mean that something else is in the place of a folder. */
const NO_FOLDER = new Set(["EEXIST", "ENOTDIR", "ELOOP"]);

type Owner = Pick<Stats, "uid" | "gid">;

/**
 * Creates a 0600 file, whatever the umask, and opens it for writing. Root gives it to the owner of
 * `like`, by default the folder it is in. Throws the system's error, EEXIST if the name is taken.
 */
export function createFile(path: string, like: Owner = statSync(dirname(path))): number {
  const fd = openSync(path, "wx", 0o600);
  giveTo(fd, like);
  attempt(() => fchmodSync(fd, 0o600));
  return fd;
}

/** Like `createFile`, and writes the text. Leaves no half-written file. */
export function writeNewFile(path: string, text: string): void {
  const fd = createFile(path);
  try {
    closing(fd, () => writeFileSync(fd, text));
  } catch (error) {
    attempt(() => unlinkSync(path));
    throw error;
  }
}

/** Takes a descriptor, because another user could replace the file at a path. */
export function giveTo(fd: number, { uid, gid }: Owner): void {
  const current = fstatSync(fd);
  if (current.uid === uid && current.gid === gid) return;
  attempt(() => fchownSync(fd, process.geteuid?.() === 0 ? uid : current.uid, gid));
}

/** Throws the error of a full or failing disk. Does nothing on file systems that cannot sync. */
export function syncFile(fd: number): void {
  try {
    fsyncSync(fd);
  } catch (error) {
    if (!UNSUPPORTED.has(errorCode(error))) throw error;
  }
}

/** Syncs a folder, so that a rename in it survives a power cut. Best effort. */
export function syncFolder(folder: string): void {
  attempt(() => closing(openSync(folder, "r"), fsyncSync));
}

export function cannotWrite(path: string, error: unknown, consequence: string): SsoCredError {
  return writeError(path, error, (code) => `cannot write ${path} (${code}), so ${consequence}`);
}

/** Like `deniedError`, for the folder that contains `path`. */
export function writeError(path: string, error: unknown, message: (code: string) => string): SsoCredError {
  return deniedError(dirname(path), error, message);
}

/** The error for a refused access: names what is in the way, and the command that changes it. */
export function deniedError(path: string, error: unknown, message: (code: string) => string): SsoCredError {
  if (error instanceof SsoCredError) return error;
  const code = errorCode(error) || String(error);
  const { syscall, path: made = path } = (error ?? {}) as NodeJS.ErrnoException;
  const inTheWay = NO_FOLDER.has(code) ? findNonFolder(syscall === "mkdir" ? made : path) : undefined;
  if (inTheWay !== undefined) {
    return new SsoCredError("config", `${message(code)}: ${inTheWay} is not a folder`, { cause: error });
  }
  const denial = code === "EACCES" || code === "EPERM" ? findDenial(path) : undefined;
  if (!denial) return new SsoCredError("config", message(code), { cause: error });
  const { remedy, why } = denial;
  return new SsoCredError("config", `${message(code)}: ${denial.path} ${why}`, { cause: error, remedy });
}
