import { closeSync, constants, openSync, readFileSync, statSync } from "node:fs";
import { errorCode } from "./errorCode.ts";
import { readWhileBusy } from "./retryWhileBusy.ts";

/** More than anybody keeps by hand: a larger file is not read into memory. */
const MAX_BYTES = 16 * 1024 * 1024;
const MISSING = new Set(["ENOENT", "ENOTDIR"]);

/** What a file holds; or why that cannot be had, as the end of a sentence that begins with its path. */
export type RegularFile =
  | { bytes: Buffer }
  /** `device`: a character device such as /dev/null, which by those who only read may be taken for an empty file. */
  | { fault: string; is: "missing" | "device" | "unreadable" };

/** Reads a file that the user has named or keeps. Never blocks on a pipe. */
export function readRegularFile(path: string): RegularFile {
  const refused = (fault: string, is: "device" | "unreadable" = "unreadable") => ({ fault, is });
  try {
    // Looked at before it is opened: opening a FIFO would wait for its writer.
    const stat = statSync(path);
    if (stat.isDirectory()) return refused("is a folder, not a file");
    if (stat.isCharacterDevice()) return refused("is not a regular file", "device");
    if (!stat.isFile()) return refused("is not a regular file");
    if (stat.size > MAX_BYTES) return refused("is larger than 16 MiB");
    return { bytes: readWhileBusy(() => readWithoutWaiting(path)) };
  } catch (error) {
    const code = errorCode(error) || "unknown error";
    return { fault: `cannot be read (${code})`, is: MISSING.has(code) ? "missing" : "unreadable" };
  }
}

/** Some files of /proc, regular by their looks, would be waited for, too. */
function readWithoutWaiting(path: string): Buffer {
  const fd = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    return readFileSync(fd);
  } finally {
    closeSync(fd);
  }
}
