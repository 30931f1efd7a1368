import { closeSync, constants, openSync, readFileSync, statSync } from "node:fs";
import { errorCode } from "./errorCode.ts";
import { userName } from "./homeOwner.ts";
import { readWhileBusy } from "./retryWhileBusy.ts";

/** Files kept by a person are smaller. */
const MAX_BYTES = 16 * 1024 * 1024;
const MISSING = new Set(["ENOENT", "ENOTDIR"]);

/** A file's content, or the reason why it cannot be read, as the end of a sentence that begins with the path. */
type RegularFile =
  | { bytes: Buffer }
  /** `device`: a character device such as /dev/null. A reader may treat it as an empty file. */
  | { fault: string; is: "missing" | "device" | "unreadable" };

/** Reads a file of the user's. Never blocks on a pipe. */
export function readRegularFile(path: string): RegularFile {
  const refused = (fault: string, is: "device" | "unreadable" = "unreadable") => ({ fault, is });
  try {
    // Checked before opening, because opening a FIFO would wait for its writer.
    const stat = statSync(path);
    if (stat.isDirectory()) return refused("is a folder, not a file");
    if (stat.isCharacterDevice()) return refused("is not a regular file", "device");
    if (!stat.isFile()) return refused("is not a regular file");
    if (stat.size > MAX_BYTES) return refused("is larger than 16 MiB");
    return { bytes: readWhileBusy(() => readWithoutBlocking(path)) };
  } catch (error) {
    const code = errorCode(error) || "unknown error";
    const owner = code === "EACCES" ? otherOwner(path) : undefined;
    const why = owner === undefined ? code : `${code}; it belongs to ${userName(owner)}`;
    return { fault: `cannot be read (${why})`, is: MISSING.has(code) ? "missing" : "unreadable" };
  }
}

function otherOwner(path: string): number | undefined {
  try {
    const { uid } = statSync(path);
    return uid === process.geteuid?.() ? undefined : uid;
  } catch {
    return undefined;
  }
}

/** Reading some files of /proc, which stat() calls regular, would block, too. */
function readWithoutBlocking(path: string): Buffer {
  const fd = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    return readFileSync(fd);
  } finally {
    closeSync(fd);
  }
}
