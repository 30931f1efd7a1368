import { constants, openSync, readFileSync, statSync } from "node:fs";
import type { Remedy } from "../errors.ts";
import { closing } from "./attempt.ts";
import { type BusyWait, readWhileBusy } from "./retryWhileBusy.ts";
import { errorCode, findDenial } from "./systemError.ts";

/** Files that a person maintains are smaller. */
const MAX_BYTES = 16 * 1024 * 1024;
const MISSING = new Set(["ENOENT", "ENOTDIR"]);

/** A file's content, or why it cannot be read: the end of a sentence that begins with its path. */
type RegularFile =
  | { bytes: Buffer }
  /** `device`: a character device such as /dev/null. A reader may treat it as an empty file. */
  | { fault: string; is: "missing" | "device" | "unreadable"; remedy?: Remedy };

interface ReadOptions extends BusyWait {
  maxBytes?: number;
}

/** Reads a small file. Never blocks on a pipe. */
export function readRegularFile(
  path: string,
  { maxBytes = MAX_BYTES, ...wait }: ReadOptions = {},
): RegularFile {
  const refused = (fault: string, is: "device" | "unreadable" = "unreadable") => ({ fault, is });
  try {
    // Checked before opening, because opening a FIFO would wait for its writer.
    const stat = statSync(path, { throwIfNoEntry: false });
    // The usual case while waiting for a file: an exception would cost ten times as much.
    if (stat === undefined) return { fault: "cannot be read (ENOENT)", is: "missing" };
    if (stat.isDirectory()) return refused("is a folder, not a file");
    if (stat.isCharacterDevice()) return refused("is not a regular file", "device");
    if (!stat.isFile()) return refused("is not a regular file");
    if (stat.size > maxBytes) return refused(`is larger than ${maxBytes / 1024 / 1024} MiB`);
    return { bytes: readWhileBusy(() => readWithoutBlocking(path), wait) };
  } catch (error) {
    const code = errorCode(error) || "unknown error";
    const denial = code === "EACCES" ? findDenial(path) : undefined;
    const is = MISSING.has(code) ? "missing" : "unreadable";
    if (!denial) return { fault: `cannot be read (${code})`, is };
    const what = denial.path === path ? "it" : denial.path;
    return { fault: `cannot be read (${code}; ${what} ${denial.why})`, is, remedy: denial.remedy };
  }
}

/** Some files of /proc count as regular for stat(), and reading them would block as well. */
function readWithoutBlocking(path: string): Buffer {
  const fd = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  return closing(fd, () => readFileSync(fd));
}
