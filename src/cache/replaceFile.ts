import {
  closeSync,
  fchmodSync,
  fsyncSync,
  ftruncateSync,
  lstatSync,
  openSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname, resolve } from "node:path";
import { isHeld, retryWhileBusy } from "../platform/retryWhileBusy.ts";
import { makeFolder, sweepTemporaryFiles, temporaryName } from "./folder.ts";

const MAX_LINKS = 40;
const NO_SPACE = new Set(["ENOSPC", "EDQUOT"]);

/** A new file beside the one it will replace, with its space taken. Nothing is visible before `commit`. */
export interface Replacement {
  /**
   * Writes, syncs, asks whether the text is still wanted, and renames; answers whether it did. After a failure the target is
   * what it was. Where there is no space for the rename, a target that is there is written over.
   */
  commit(text: string, isWanted?: () => boolean): boolean;
  /** Takes the new file away; harmless after `commit`. */
  abandon(): void;
}

/**
 * Creates the replacement of `path` (0600 whatever the umask; folders 0700) and reserves `reserveBytes` on the disk, so that a full
 * or read-only disk shows before something is spent that cannot be had again. A symlinked target is
 * followed. Throws the system's error with the target as its `path`; a folder or a device in the target's place shows now, too.
 */
export function prepareReplacement(path: string, reserveBytes = 0): Replacement {
  makeFolder(dirname(path));
  const target = followLinks(path);
  const there = lstatSync(target, { throwIfNoEntry: false });
  // A rename would make a file of /dev/null, too.
  if (there && !there.isFile() && !there.isSymbolicLink()) {
    const code = there.isDirectory() ? "EISDIR" : "ENOTSUP";
    throw Object.assign(new Error(`${code}: ${target} is no file`), { code, path: target });
  }
  try {
    return prepare(target, reserveBytes, { again: true });
  } catch (error) {
    throw Object.assign(error as Error, { path: target });
  }
}

/** Replaces `path` in one step; see `prepareReplacement`. */
export function replaceFile(path: string, text: string): void {
  prepareReplacement(path).commit(text);
}

function prepare(target: string, reserveBytes: number, { again }: { again: boolean }): Replacement {
  const folder = dirname(target);
  sweepTemporaryFiles(folder);
  const temporary = temporaryName(folder);
  const fd = openSync(temporary, "wx", 0o600);
  let state: "open" | "closed" | "gone" = "open";
  function close(): void {
    if (state === "open") closeSync(fd);
    state = "closed";
  }
  function abandon(): void {
    if (state === "gone") return;
    close();
    state = "gone";
    rmSync(temporary, { force: true });
  }
  function write(text: string): void {
    writeAll(fd, Buffer.from(text));
  }
  try {
    fchmodSync(fd, 0o600);
    if (reserveBytes > 0) write(" ".repeat(reserveBytes));
  } catch (error) {
    abandon();
    throw error;
  }
  return {
    commit(text, isWanted = () => true) {
      try {
        write(text);
        close();
        if (!isWanted()) {
          abandon();
          return false;
        }
        renameWhileBusy(temporary, target);
        state = "gone";
        return true;
      } catch (error) {
        abandon();
        const { code = "" } = error as NodeJS.ErrnoException;
        // While the machine slept another writer took ours for a dead one's.
        if (code === "ENOENT" && again) return prepare(target, 0, { again: false }).commit(text, isWanted);
        // Most of those who hold a file let others write into it, though not replace it.
        if ((NO_SPACE.has(code) || isHeld(error)) && lstatSync(target, { throwIfNoEntry: false })?.isFile()) {
          return isWanted() && writeOver(target, text);
        }
        throw Object.assign(error as Error, { path: target });
      }
    },
    abandon,
  };
}

function writeAll(fd: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at, bytes.length - at, at);
  ftruncateSync(fd, bytes.length);
  fsyncSync(fd);
}

/** Into the space that the old text has; it comes back when even that fails, and the error with it. */
function writeOver(target: string, text: string): true {
  const fd = openSync(target, "r+");
  try {
    const old = readFileSync(target);
    try {
      writeAll(fd, Buffer.from(text));
    } catch (error) {
      writeAll(fd, old);
      throw error;
    }
    return true;
  } finally {
    closeSync(fd);
  }
}

/** Where a chain of symbolic links ends, whether or not anything is there. */
export function followLinks(path: string): string {
  let target = path;
  for (let links = 0; links < MAX_LINKS; links++) {
    try {
      const link = readlinkSync(target);
      target = resolve(realpathSync(dirname(target)), link);
    } catch {
      return target;
    }
  }
  return target;
}

/** Waits for who holds the file that is to be replaced: Windows refuses until then. */
export function renameWhileBusy(from: string, to: string): void {
  retryWhileBusy(() => renameSync(from, to));
}
