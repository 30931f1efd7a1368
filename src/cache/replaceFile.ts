import {
  closeSync,
  constants,
  ftruncateSync,
  lstatSync,
  openSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { SsoCredError } from "../errors.ts";
import { attempt, closing } from "../platform/attempt.ts";
import { isHeld, retryWhileBusy } from "../platform/retryWhileBusy.ts";
import { errorCode, userName } from "../platform/systemError.ts";
import {
  isTemporary,
  listFolder,
  makeFolder,
  removeIfPossible,
  sweepTemporaryFiles,
  temporaryName,
} from "./folder.ts";
import { createFile, syncFile, syncFolder } from "./ownedFile.ts";

const MAX_LINKS = 40;
/** A rename fails with these codes on a full disk, on a mount point, or in a sticky folder. */
const WRITABLE_IN_PLACE = new Set(["ENOSPC", "EDQUOT", "EBUSY", "EPERM", "EXDEV"]);

interface ReplacementOptions {
  /** Disk space to reserve before something irreplaceable is spent. */
  reserveBytes?: number;
  /** What must survive a power cut: nothing, the text under its new name, or also the name. */
  synced?: "nothing" | "text" | "text and name";
  /** Called on the new file before it is written, to set what only its caller knows. */
  adapt?: (fd: number, path: string) => void;
  /** True for a file that must never be seen half-written, even where a rename is refused. */
  isNeverOverwritten?: boolean;
  /** True to replace a symbolic link itself, and not the file that it leads to. */
  replacesLink?: boolean;
}

/** A new file beside its target, with its disk space taken. Invisible before `commit`. */
export interface Replacement {
  /**
   * Writes the text, syncs it on request, calls `isWanted`, and renames the file. Returns false if
   * it was not wanted. After a failure, the target is unchanged. If the system refuses the rename,
   * overwrites an existing target in place.
   */
  commit(text: string | Buffer, isWanted?: () => boolean): boolean;
  /** Removes the new file. Harmless after `commit`. */
  abandon(): void;
}

/**
 * Creates the replacement of `path`, 0600, with the owner and group of the existing file or else of
 * its folder. Follows a symbolic link unless told otherwise. Throws the system's error with the
 * target as its `path`.
 */
export function prepareReplacement(path: string, options: ReplacementOptions = {}): Replacement {
  makeFolder(dirname(path));
  const target = options.replacesLink ? path : followLinks(path);
  const current = lstatSync(target, { throwIfNoEntry: false });
  // A rename would replace even /dev/null with a file.
  if (current && !current.isFile() && !current.isSymbolicLink()) {
    const code = current.isDirectory() ? "EISDIR" : "ENOTSUP";
    throw Object.assign(new Error(`${code}: ${target} is not a regular file`), { code, path: target });
  }
  try {
    return prepare(target, options);
  } catch (error) {
    throw Object.assign(error as Error, { path: target });
  }
}

/** Replaces `path` in one step; see `prepareReplacement`. */
export function replaceFile(path: string, text: string, options?: ReplacementOptions): void {
  prepareReplacement(path, options).commit(text);
}

/** Removes a process's unfinished files: its `commit` then asks `isWanted` again. */
export function removeReplacementsBy(pid: number, path: string): void {
  attempt(() => {
    const folder = dirname(followLinks(path));
    for (const name of listFolder(folder)) if (isTemporary(name, pid)) removeIfPossible(join(folder, name));
  });
}

function prepare(target: string, options: ReplacementOptions, canRetry = true): Replacement {
  const { reserveBytes = 0, synced = "text and name", adapt, isNeverOverwritten = false } = options;
  const folder = dirname(target);
  sweepTemporaryFiles(folder);
  const temporary = temporaryName(folder);
  const fd = createFile(temporary, lstatSync(target, { throwIfNoEntry: false }));
  let isOpen = true;
  function close(): void {
    if (isOpen) closeSync(fd);
    isOpen = false;
  }
  function abandon(): void {
    close();
    removeIfPossible(temporary);
  }
  try {
    adapt?.(fd, temporary);
    if (reserveBytes > 0) {
      writeAll(fd, Buffer.alloc(reserveBytes, " "));
      syncFile(fd);
    }
  } catch (error) {
    abandon();
    throw error;
  }
  return {
    commit(text, isWanted = () => true) {
      try {
        writeAll(fd, Buffer.from(text));
        if (synced !== "nothing") syncFile(fd);
        close();
        if (!isWanted()) {
          abandon();
          return false;
        }
        retryWhileBusy(() => renameSync(temporary, target));
        if (synced === "text and name") syncFolder(folder);
        return true;
      } catch (error) {
        abandon();
        const code = errorCode(error);
        // Another writer removed our temporary file as a leftover while this machine slept.
        if (code === "ENOENT" && canRetry) {
          return prepare(target, { ...options, reserveBytes: 0 }, false).commit(text, isWanted);
        }
        const mayBeWritten = !isNeverOverwritten && (WRITABLE_IN_PLACE.has(code) || isHeld(error));
        if (mayBeWritten && lstatSync(target, { throwIfNoEntry: false })?.isFile()) {
          return isWanted() && overwrite(target, text);
        }
        throw Object.assign(error as Error, { path: target });
      }
    },
    abandon,
  };
}

/** Replaces the whole content of the open file with the bytes. */
function writeAll(fd: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at, bytes.length - at, at);
  ftruncateSync(fd, bytes.length);
}

/** Overwrites the existing file. On failure, restores its text and throws. */
function overwrite(target: string, text: string | Buffer): true {
  return closing(openSync(target, constants.O_RDWR | (constants.O_NOFOLLOW ?? 0)), (fd) => {
    const old = readFileSync(fd);
    try {
      writeAll(fd, Buffer.from(text));
      syncFile(fd);
    } catch (error) {
      writeAll(fd, old);
      throw error;
    }
    return true;
  });
}

/**
 * The end of a chain of symbolic links, whether or not it exists.
 * @throws SsoCredError("config") naming a link that another user could have placed, which might
 * lead to any file of ours.
 */
export function followLinks(path: string): string {
  let target = path;
  for (let links = 0; links < MAX_LINKS; links++) {
    let next: string;
    try {
      const link = readlinkSync(target);
      next = resolve(realpathSync(dirname(target)), link);
    } catch {
      return target;
    }
    assertTrusted(target);
    target = next;
  }
  return target;
}

function assertTrusted(link: string): void {
  const me = process.geteuid?.();
  const owners = [lstatSync(link).uid, statSync(dirname(link)).uid];
  const other = owners.find((uid) => me !== undefined && uid !== me && uid !== 0);
  if (other === undefined) return;
  const what = other === owners[0] ? "is a link" : "is a link in a folder";
  throw new SsoCredError("config", `${link} ${what} of ${userName(other)}, so it is not followed`);
}
