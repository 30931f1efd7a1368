import { constants, futimesSync, linkSync, openSync, readFileSync, statSync } from "node:fs";
import { uptime } from "node:os";
import { dirname, join } from "node:path";
import { sha1 } from "../hit/sha1.ts";
import { attempt, closing } from "../platform/attempt.ts";
import { identifyProcess, processState } from "../platform/processIdentity.ts";
import { retryWhileBusy } from "../platform/retryWhileBusy.ts";
import { listFolder, makeFolder, removeIfPossible, sweepTemporaryFiles, temporaryName } from "./folder.ts";
import { type JsonObject, readJsonObject } from "./jsonFile.ts";
import { writeNewFile } from "./ownedFile.ts";
import { replaceFile } from "./replaceFile.ts";
import { readIdentity, STATE_FORMAT } from "./stateFile.ts";

/** How long a running holder may keep a lock. */
const MAX_HOLD_MS = 60_000;
/** A holder renews its lock this often while it works. */
const RENEW_MS = 2_000;
/** Without a renewal for this long, a lock of another host or container is stale. */
const MAX_RENEWAL_GAP_MS = 10_000;
/** The age at which a lock without a holder is stale: its creator died while writing it. */
const NAMELESS_MS = 5_000;
/** Windows still shows a removed file that is open, and does not allow its name to be reused. */
const REMOVAL_MS = 200;
/** The lock names of `stateFile.ts` and `writeConfig.ts`. */
const LOCK_NAME = /^[a-z]+-[0-9a-f]{16,40}$/;

/** A lock that another process holds. `version` changes when the lock is renewed or replaced. */
type HeldLock = { version: string };
type OwnLock = { id: string };

/**
 * Creates the lock and returns its id, or returns the existing lock; undefined if no lock can be
 * created. The `task` is written into the lock for another process that takes it over; see
 * `takeLockOver`.
 */
export function acquireLock(path: string, task?: JsonObject): OwnLock | HeldLock | undefined {
  const createOrRead = () => {
    const version = lockVersion(path);
    return version === undefined ? create(path, task) : { version };
  };
  return attempt(() => retryWhileBusy(createOrRead, { timeoutMs: REMOVAL_MS }));
}

function create(path: string, task: JsonObject | undefined): OwnLock | HeldLock {
  const folder = dirname(path);
  const { id, record } = newRecord(task);
  const temporary = temporaryName(folder);
  try {
    makeFolder(folder);
    sweepTemporaryFiles(folder);
    writeNewFile(temporary, record);
    return publish(temporary, path, record) ? { id } : { version: lockVersion(path) ?? "" };
  } finally {
    removeIfPossible(temporary);
  }
}

function newRecord(task: JsonObject | undefined) {
  const id = `${process.pid}-${Math.random().toString(36).slice(2)}`;
  return { id, record: JSON.stringify({ format: STATE_FORMAT, id, ...identifyProcess(), task }) };
}

/**
 * Returns false if the lock exists. A hard link makes the lock appear with its content. On file
 * systems without links, a reader may see an empty lock for a moment.
 */
function publish(temporary: string, path: string, record: string): boolean {
  try {
    linkSync(temporary, path);
  } catch (error) {
    if (isTaken(error)) return false;
    try {
      writeNewFile(path, record);
    } catch (error) {
      if (isTaken(error)) return false;
      throw error;
    }
  }
  return true;
}

function isTaken(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "EEXIST";
}

/**
 * Renews the lock while its holder works, for waiters that cannot inspect the holder's process.
 * Returns a function that stops the renewal. Does not keep the process running.
 */
export function keepRenewing(path: string, id: string): () => void {
  const timer = setInterval(() => attempt(() => renew(path, id)), RENEW_MS).unref();
  return () => clearInterval(timer);
}

/** Uses the descriptor: the name may belong to another process's lock by now. */
function renew(path: string, id: string): void {
  const fd = openSync(path, constants.O_RDWR | (constants.O_NOFOLLOW ?? 0));
  closing(fd, () => {
    const seconds = Date.now() / 1000;
    if (lockId(JSON.parse(readFileSync(fd, "utf8"))) === id) futimesSync(fd, seconds, seconds);
  });
}

/** The id of the lock if it may be removed: its holder is gone or has held it too long. */
export function abandonedLock(path: string, watchedMs: number): string | undefined {
  const record = readJsonObject(path);
  const holder = readIdentity(record);
  const state = holder ? processState(holder) : "unknown";
  if (state === "dead") return lockId(record);
  const isAlive = holder && state === "alive";
  const unchangedMs = isAlive ? (uptime() - holder.uptimeSeconds) * 1000 : Math.max(watchedMs, ageMs(path));
  const limitMs = isAlive ? MAX_HOLD_MS : holder ? MAX_RENEWAL_GAP_MS : NAMELESS_MS;
  return unchangedMs > limitMs ? lockId(record) : undefined;
}

/** Removes the lock `id` and never another one. */
export function removeLock(path: string, id: string): void {
  // If the file stays, it becomes a stale lock when this process ends.
  underGuard(path, id, () => removeIfPossible(path));
}

/**
 * Makes this process the holder of the lock `id`. Returns the new id and the task; undefined if the
 * lock is gone or has been replaced. After that, the end of the old holder has no effect.
 */
export function takeLockOver(path: string, id: string): (OwnLock & { task: JsonObject }) | undefined {
  return underGuard(path, id, () => {
    const task = (readJsonObject(path)?.task ?? {}) as JsonObject;
    const { id: newId, record } = newRecord(task);
    replaceFile(path, record, { synced: "nothing" });
    return { id: newId, task };
  });
}

/**
 * Runs `act` if the lock is still `id`. Every change of a lock needs a guard, which is named after
 * the lock's id. The guard of a dead process is removed in the same way.
 */
function underGuard<T>(path: string, id: string, act: () => T): T | undefined {
  // Named like a temporary file, so that the guard of a killed process is swept.
  const guard = join(dirname(path), `.sso-cred-${sha1(id).slice(0, 12)}.tmp`);
  const guardLock = acquireLock(guard);
  if (guardLock && "version" in guardLock) {
    const abandoned = abandonedLock(guard, 0);
    if (abandoned !== undefined) removeLock(guard, abandoned);
    return undefined;
  }
  try {
    // The lock must go even if no guard can be made (the disk is full).
    return lockIdAt(path) === id ? act() : undefined;
  } finally {
    if (guardLock) removeIfPossible(guard);
  }
}

/** The id of the lock at `path`; empty for none. */
export function lockIdAt(path: string): string {
  return lockId(readJsonObject(path));
}

/** Removes the stale locks in a folder: those of dead processes, and those without a holder. */
export function sweepStaleLocks(folder: string): void {
  for (const name of listFolder(folder)) {
    if (!LOCK_NAME.test(name)) continue;
    const path = join(folder, name);
    // If this is not a regular file (a link to itself), no lock can be created either.
    attempt(() => {
      const record = readJsonObject(path);
      const holder = readIdentity(record);
      const isStale = holder ? processState(holder) === "dead" : ageMs(path) > NAMELESS_MS;
      if (isStale) removeLock(path, lockId(record));
    });
  }
}

function lockVersion(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  // No waiter can remove a folder.
  if (found?.isDirectory()) throw new Error(`${path} is a folder`);
  return found && `${found.ino} ${found.mtimeMs}`;
}

/** The absolute distance between now and the file's time: the clock may have been set back. */
function ageMs(path: string): number {
  const found = statSync(path, { throwIfNoEntry: false });
  return found ? Math.abs(Date.now() - found.mtimeMs) : 0;
}

function lockId(record: JsonObject | undefined): string {
  return typeof record?.id === "string" ? record.id : "";
}
