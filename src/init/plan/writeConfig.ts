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
import { withLock } from "../../cache/lock.ts";
import { writeError } from "../../cache/ownedFile.ts";
import { followLinks, prepareReplacement } from "../../cache/replaceFile.ts";
import { encodeConfig } from "../../config/configText.ts";
import { SsoCredError } from "../../errors.ts";
import { stateDirectory } from "../../hit/paths.ts";
import { sha1 } from "../../hit/sha1.ts";
import { attempt, closing } from "../../platform/attempt.ts";
import type { System } from "../../platform/system.ts";
import { errorCode, userName } from "../../platform/systemError.ts";
import { shellWord } from "../../text/commandWords.ts";
import type { Plan } from "./plan.ts";
import { type Files, readConfigFiles } from "./planInput.ts";

const LOCK_WAIT_MS = 30_000;
/** How often to start over when another tool, which takes no lock, changes the file in between. */
const ATTEMPTS = 5;

/**
 * Plans from the file as it is under the lock, and writes. A second `init` at the same time waits
 * and loses nothing. Without edits the file is not touched.
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
 * @throws SsoCredError("config") naming a file that cannot be replaced by a rename, or not without
 * changing its owner.
 */
export function writeConfig(path: string, before: string, after: string): boolean {
  const target = followLinks(path);
  const [oldBytes, newBytes] = [encodeConfig(before), encodeConfig(after)];
  const isUnchanged = (file = readIfExists(target)) => oldBytes.equals(file?.bytes ?? Buffer.alloc(0));
  let restoreBackup = () => {};
  let isWritten = false;
  try {
    const old = readIfExists(target);
    if (!isUnchanged(old)) return false;
    const next = prepareReplacement(target, { ...optionsLike(old), reserveBytes: newBytes.length });
    try {
      if (old !== undefined) restoreBackup = keepBackup(path, old);
      // Another tool may have written while the backup was made.
      isWritten = next.commit(newBytes, isUnchanged);
      return isWritten;
    } finally {
      next.abandon();
      // A mount point, such as a single file shared with a container, allows the rename of the
      // backup but not its own.
      if (!isWritten) restoreBackup();
    }
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
  const put = (file: OpenedFile) =>
    prepareReplacement(backup, { ...optionsLike(file), replacesLink: true }).commit(file.bytes);
  put(old);
  return () => void (earlier === undefined ? rmSync(backup, { force: true }) : put(earlier));
}

/** For a new file with the mode, owner and attributes of `old`. */
function optionsLike(old: OpenedFile | undefined) {
  const adapt = (fd: number, path: string) => {
    if (old === undefined) return;
    copyAttributes(old, path);
    assertSameOwner(fd, old);
    attempt(() => fchmodSync(fd, old.stats.mode & 0o7777));
  };
  return { adapt, isNeverOverwritten: true };
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
