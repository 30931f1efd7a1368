import {
  chownSync,
  closeSync,
  fchmodSync,
  fsyncSync,
  openSync,
  readFileSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { makeFolder, sweepTemporaryFiles, temporaryName } from "../../cache/folder.ts";
import { followLinks, renameWhileBusy } from "../../cache/replaceFile.ts";
import { encodeConfig } from "../../config/configText.ts";
import { SsoCredError } from "../../errors.ts";
import { readRegularFile } from "../../platform/readRegularFile.ts";
import { shellWord } from "../../text/commandWords.ts";

/**
 * Replaces the config in one step with its mode and owner kept, a symbolic link followed; a new file is 0600 in a folder of
 * 0700. What it replaces is kept beside it as `config.sso-cred.bak`. Answers false, and changes nothing, when the file
 * no longer holds `before`.
 *
 * @throws SsoCredError("config") naming the file that cannot be replaced by a rename, or not without changing its owner.
 */
export function writeConfig(path: string, before: string, after: string): boolean {
  const target = followLinks(path);
  try {
    makeFolder(dirname(path));
    makeFolder(dirname(target));
    sweepTemporaryFiles(dirname(target));
    const old = statSync(target, { throwIfNoEntry: false });
    const [oldBytes, newBytes] = [encodeConfig(before), encodeConfig(after)];
    const next = prepare(target, newBytes, old);
    try {
      if (!bytesOf(target).equals(oldBytes)) return false;
      const restoreBackup = old === undefined ? () => {} : keepBackup(path, oldBytes, old);
      try {
        // Making the backup took the disk's time; another tool may have written meanwhile.
        if (!bytesOf(target).equals(oldBytes)) {
          restoreBackup();
          return false;
        }
        renameWhileBusy(next, target);
      } catch (error) {
        // A mount point, like a single file shared with a container, takes the backup's rename and refuses its own.
        restoreBackup();
        throw error;
      }
    } finally {
      rmSync(next, { force: true });
    }
    syncFolder(dirname(target));
    return true;
  } catch (error) {
    if (error instanceof SsoCredError) throw error;
    const { code = String(error) } = error as NodeJS.ErrnoException;
    throw new SsoCredError("config", `${path} cannot be replaced (${code}); it is left as it is`, {
      cause: error,
    });
  }
}

/** The backup's name for a config: beside the name that the user knows, whatever it links to. */
export function backupPath(path: string): string {
  return join(dirname(path), `${basename(path)}.sso-cred.bak`);
}

/** Returns what puts the earlier backup back. */
function keepBackup(path: string, before: Buffer, old: Stats): () => void {
  const backup = backupPath(path);
  const stats = statSync(backup, { throwIfNoEntry: false });
  const earlier = readRegularFile(backup);
  replace(backup, before, old);
  return () => {
    if (stats === undefined) rmSync(backup, { force: true });
    else if ("bytes" in earlier) replace(backup, earlier.bytes, stats);
  };
}

function replace(path: string, bytes: Buffer, old: Stats): void {
  const next = prepare(path, bytes, old);
  try {
    renameWhileBusy(next, path);
  } finally {
    rmSync(next, { force: true });
  }
}

/** A complete, synced file beside the target, with the mode and owner of the one it will replace. */
function prepare(target: string, bytes: Buffer, old: Stats | undefined): string {
  const next = temporaryName(dirname(target));
  const file = openSync(next, "wx", 0o600);
  try {
    writeFileSync(file, bytes);
    if (old !== undefined) {
      keepOwner(next, target, old);
    }
    fchmodSync(file, old === undefined ? 0o600 : old.mode & 0o7777);
    fsyncSync(file);
  } catch (error) {
    rmSync(next, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
  return next;
}

/** A rename that changed whose the file is would take it from somebody, or hide it from them. */
function keepOwner(next: string, target: string, old: Stats): void {
  const made = statSync(next);
  if (made.uid === old.uid && made.gid === old.gid) return;
  try {
    chownSync(next, old.uid, old.gid);
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    const isSomebodys = made.uid !== old.uid;
    const whose = isSomebodys ? `user ${old.uid}` : `group ${old.gid}`;
    throw new SsoCredError(
      "config",
      `${target} belongs to ${whose}, which its replacement could not (${code}); it is left as it is`,
      {
        cause: error,
        ...(isSomebodys &&
          made.uid !== 0 && { remedy: { run: `sudo chown ${made.uid} ${shellWord(target)}` } }),
      },
    );
  }
}

function bytesOf(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return Buffer.alloc(0);
    throw error;
  }
}

/** Makes the rename survive a power cut, where the system lets a folder be synced. */
function syncFolder(folder: string): void {
  try {
    const file = openSync(folder, "r");
    fsyncSync(file);
    closeSync(file);
  } catch {
    // Windows, and some network disks, cannot.
  }
}
