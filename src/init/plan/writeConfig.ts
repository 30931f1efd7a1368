import { spawnSync } from "node:child_process";
import {
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { makeFolder, sweepTemporaryFiles, temporaryName } from "../../cache/folder.ts";
import { withLock } from "../../cache/lock.ts";
import { createFile, syncFile, syncFolder, writeError } from "../../cache/ownedFile.ts";
import { followLinks, renameWhileBusy, writeAll } from "../../cache/replaceFile.ts";
import { encodeConfig } from "../../config/configText.ts";
import { SsoCredError } from "../../errors.ts";
import { stateDirectory } from "../../hit/paths.ts";
import { sha1 } from "../../hit/sha1.ts";
import { attempt, closing } from "../../platform/attempt.ts";
import type { System } from "../../platform/system.ts";
import { errorCode, userName } from "../../platform/systemError.ts";
import { shellWord } from "../../text/commandWords.ts";
import { type Files, readConfigFiles } from "./currentConfig.ts";
import type { Plan } from "./plan.ts";

const LOCK_WAIT_MS = 30_000;
/** How often to start over when another tool, which takes no lock, changes the file in between. */
const ATTEMPTS = 5;

/**
 * Plans from the file as it is under the lock, and writes. A second `init` at the same time waits
 * and loses nothing. Without edits the file is not touched.
 *
 * @throws SsoCredError("config") as the planning does, and as `writeConfig`.
 */
export async function applyPlan(planFrom: (files: Files) => Plan, system: System): Promise<Plan> {
  const { configPath } = readConfigFiles(system);
  const lock = join(
    stateDirectory(system),
    "locks",
    // Several names may lead to the same file.
    `config-${sha1(resolve(followLinks(configPath))).slice(0, 16)}`,
  );
  const wait = {
    deadline: system.now() + LOCK_WAIT_MS,
    purpose: `another sso-cred that writes ${configPath}`,
    writes: configPath,
  };
  return withLock(system, lock, wait, async () => {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const plan = planFrom(readConfigFiles(system));
      if (plan.after === plan.before || writeConfig(configPath, plan.before, plan.after)) return plan;
    }
    throw new SsoCredError("config", `${configPath} keeps changing; nothing was written`);
  });
}

type OpenedFile = NonNullable<ReturnType<typeof readIfExists>>;

/**
 * Replaces the config in one step, following a symbolic link. Keeps mode, owner, group, access
 * control lists, extended attributes and labels. A new file is 0600 in a folder of 0700. The
 * replaced text is kept beside it as `config.sso-cred.bak`. Returns false, and changes nothing, if
 * the file no longer holds `before`.
 *
 * @throws SsoCredError("config") naming a file that cannot be replaced by a rename, or not without
 * changing its owner.
 */
export function writeConfig(path: string, before: string, after: string): boolean {
  const target = followLinks(path);
  try {
    makeFolder(dirname(path));
    makeFolder(dirname(target));
    sweepTemporaryFiles(dirname(target));
    const [oldBytes, newBytes] = [encodeConfig(before), encodeConfig(after)];
    const old = readIfExists(target);
    const isUnchanged = (file: OpenedFile | undefined) => oldBytes.equals(file?.bytes ?? Buffer.alloc(0));
    const next = prepare(target, newBytes, old);
    try {
      if (!isUnchanged(old)) return false;
      const restoreBackup = old === undefined ? () => {} : keepBackup(path, old);
      try {
        // Another tool may have written while the backup was made.
        if (!isUnchanged(readIfExists(target))) {
          restoreBackup();
          return false;
        }
        renameWhileBusy(next, target);
      } catch (error) {
        // A mount point, such as a single file shared with a container, allows the rename of the
        // backup but not its own.
        restoreBackup();
        throw error;
      }
    } finally {
      rmSync(next, { force: true });
    }
    syncFolder(dirname(target));
    return true;
  } catch (error) {
    throw writeError(target, error, (code) => `${path} cannot be replaced (${code}); it is left as it is`);
  }
}

/** The backup's name for a config: beside the name that the user knows, wherever it links to. */
export function backupPath(path: string): string {
  return join(dirname(path), `${basename(path)}.sso-cred.bak`);
}

/** Returns a function that restores the earlier backup. */
function keepBackup(path: string, old: OpenedFile): () => void {
  const backup = backupPath(path);
  const earlier = readIfExists(backup);
  replace(backup, old.bytes, old);
  return () => {
    if (earlier === undefined) rmSync(backup, { force: true });
    else replace(backup, earlier.bytes, earlier);
  };
}

function replace(path: string, bytes: Buffer, like: OpenedFile): void {
  const next = prepare(path, bytes, like);
  try {
    renameWhileBusy(next, path);
  } finally {
    rmSync(next, { force: true });
  }
}

/** A complete, synced file beside the target, with the mode, owner and attributes of `like`. */
function prepare(target: string, bytes: Buffer, like: OpenedFile | undefined): string {
  const next = temporaryName(dirname(target));
  const file = createFile(next, like?.stats);
  try {
    closing(file, () => {
      if (like !== undefined) {
        copyAttributes(like, next);
        assertSameOwner(file, like);
        attempt(() => fchmodSync(file, like.stats.mode & 0o7777));
      }
      writeAll(file, bytes);
      syncFile(file);
    });
  } catch (error) {
    rmSync(next, { force: true });
    throw error;
  }
  return next;
}

/**
 * Node has no call for access control lists, extended attributes and SELinux labels. `cp -a` of GNU
 * and macOS copies them, BusyBox's does not. `cp` takes names, so it is used only where no other
 * user can swap the file. Best effort.
 */
function copyAttributes({ path, stats }: OpenedFile, next: string): void {
  const me = process.geteuid?.();
  if (me === undefined || stats.uid !== me || statSync(dirname(next)).uid !== me) return;
  spawnSync("/bin/cp", ["-a", "--", path, next], { env: {}, stdio: "ignore" });
}

/** A rename that changed the owner would take the file from its user, or hide it from a group. */
function assertSameOwner(file: number, { path, stats: { uid, gid } }: OpenedFile): void {
  const made = fstatSync(file);
  if (made.uid === uid && made.gid === gid) return;
  try {
    fchownSync(file, uid, gid);
  } catch (error) {
    const code = errorCode(error);
    const isOtherUser = made.uid !== uid;
    const whose = isOtherUser ? userName(uid) : `group ${gid}`;
    const message = `${path} belongs to ${whose}, which its replacement could not (${code}); it is left as it is`;
    const isOurs = isOtherUser && made.uid !== 0;
    const remedy = isOurs ? { run: `sudo chown ${made.uid} ${shellWord(path)}` } : {};
    throw new SsoCredError("config", message, { cause: error, remedy });
  }
}

/** Text and owner come from one descriptor, so they are those of the same file. */
function readIfExists(path: string) {
  try {
    const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    return closing(file, () => ({ path, bytes: readFileSync(file), stats: fstatSync(file) }));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
