import { linkSync, rmSync, statSync, writeFileSync } from "node:fs";
import { uptime } from "node:os";
import { dirname, join } from "node:path";
import { SsoCredError } from "../errors.ts";
import { sha1 } from "../hit/sha1.ts";
import { identifyProcess, processState } from "../platform/processIdentity.ts";
import { retryWhileBusy } from "../platform/retryWhileBusy.ts";
import type { System } from "../platform/system.ts";
import { listFolder, makeFolder, sweepTemporaryFiles, temporaryName } from "./folder.ts";
import { type JsonObject, readJsonObject } from "./jsonFile.ts";
import { readIdentity, STATE_FORMAT } from "./stateFile.ts";
import { watchFiles } from "./watchFiles.ts";

/** A holder that runs is left alone this long, one nobody can look at (another host) no longer. */
const LIVE_HOLDER_MS = 60_000;
/** A lock without a readable holder was being made when its maker died. */
const NAMELESS_MS = 5_000;
/** To Windows a file that somebody still looks at is there for a moment after its removal, and can neither be read nor made anew. */
const REMOVAL_MS = 200;
/** As `statePaths.ts` names them. */
const LOCK = /^[a-z]+-[0-9a-f]{40}$/;

export interface LockWait<T> {
  /** Epoch milliseconds; past it a waiter gives up. */
  deadline: number;
  /** What is waited for, in the sentence of the error: `another sso-cred that refreshes the token of 'my-sso'`. */
  purpose: string;
  /** Asked whenever the lock has changed, and each second: an answer ends the wait, without the lock. */
  meanwhile?: () => T | undefined;
}

/**
 * Runs `work` while no other process of this machine holds the lock file `path`. A dead holder's lock is taken over at the next look, by exactly one
 * waiter, and taken away by whoever next lets go of a lock in that folder; a live one's is taken over after 60 s. The lock saves work: what `work` writes must
 * be right even without it. Where no lock can be made (read-only or full disk), works without one.
 *
 * Throws `unavailable` when the deadline passes first.
 */
export async function withLock<T>(
  system: Pick<System, "now" | "sleep" | "trace">,
  path: string,
  wait: LockWait<T>,
  work: () => Promise<T>,
): Promise<T> {
  const first = acquire(path);
  if (!first || "id" in first) return await workWith(first, system, path, work);
  const changes = watchFiles([path], system);
  try {
    let seen = { marks: "", sinceSeconds: uptime() };
    for (;;) {
      const answer = wait.meanwhile?.();
      if (answer !== undefined) return answer;
      const lock = acquire(path);
      if (!lock || "id" in lock) return await workWith(lock, system, path, work);
      if (seen.marks !== lock.marks) seen = { marks: lock.marks, sinceSeconds: uptime() };
      const abandoned = abandonedLock(path, (uptime() - seen.sinceSeconds) * 1000);
      if (abandoned !== undefined) {
        system.trace.step("take over a lock", { file: path });
        remove(path, abandoned);
        continue;
      }
      const leftMs = wait.deadline - system.now();
      if (leftMs <= 0) throw gaveUp(path, wait.purpose);
      await changes.next(leftMs);
    }
  } finally {
    changes.close();
  }
}

async function workWith<T>(
  lock: { id: string } | undefined,
  system: Pick<System, "trace">,
  path: string,
  work: () => Promise<T>,
): Promise<T> {
  if (!lock) {
    system.trace.step("no lock can be made here", { file: path });
    return await work();
  }
  try {
    return await work();
  } finally {
    remove(path, lock.id);
    sweepDeadLocks(dirname(path));
  }
}

/** Takes away the locks of the dead that nobody has needed since. */
function sweepDeadLocks(folder: string): void {
  for (const name of listFolder(folder)) {
    if (!LOCK.test(name)) continue;
    const path = join(folder, name);
    try {
      const record = readJsonObject(path);
      const holder = readIdentity(record);
      const isDead = holder ? processState(holder) === "dead" : ageMs(path) > NAMELESS_MS;
      if (isDead) remove(path, idOf(record));
    } catch {
      // Not a file of anybody's (a link to itself): whoever needs the lock does without.
    }
  }
}

/** Makes the lock and answers its id; or answers the marks of the one that is there; undefined where none can be made. */
function acquire(path: string): { id: string } | { marks: string } | undefined {
  try {
    return retryWhileBusy(
      () => {
        const marks = look(path);
        return marks ? { marks } : make(path);
      },
      { timeoutMs: REMOVAL_MS },
    );
  } catch {
    return undefined;
  }
}

function make(path: string): { id: string } | { marks: string } {
  const folder = dirname(path);
  const id = `${process.pid}-${Math.random().toString(36).slice(2)}`;
  const record = JSON.stringify({ format: STATE_FORMAT, id, ...identifyProcess() });
  const temporary = temporaryName(folder);
  try {
    makeFolder(folder);
    sweepTemporaryFiles(folder);
    writeFileSync(temporary, record, { flag: "wx", mode: 0o600 });
    return publish(temporary, path, record) ? { id } : { marks: look(path) ?? "" };
  } finally {
    takeAway(temporary);
  }
}

/**
 * Answers false when a lock is there. A hard link appears with its content; on file systems without them a reader may see
 * the lock empty for a moment.
 */
function publish(temporary: string, path: string, record: string): boolean {
  try {
    linkSync(temporary, path);
    return true;
  } catch (error) {
    if (isThere(error)) return false;
  }
  try {
    writeFileSync(path, "", { flag: "wx", mode: 0o600 });
  } catch (error) {
    if (isThere(error)) return false;
    throw error;
  }
  try {
    writeFileSync(path, record);
    return true;
  } catch (error) {
    takeAway(path);
    throw error;
  }
}

function isThere(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "EEXIST";
}

/** What cannot be taken away stays: its holder is gone when this process is. */
function takeAway(path: string): void {
  try {
    retryWhileBusy(() => rmSync(path, { force: true }));
  } catch {
    // Nothing that a caller could do.
  }
}

function look(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  // Which nobody could take away.
  if (found?.isDirectory()) throw new Error(`${path} is a folder`);
  return found && `${found.ino} ${found.mtimeMs}`;
}

/** The id of the lock at `path` when its holder is gone; what was judged is what may be removed. */
function abandonedLock(path: string, watchedMs: number): string | undefined {
  const record = readJsonObject(path);
  const holder = readIdentity(record);
  const state = holder ? processState(holder) : "unknown";
  if (state === "dead") return idOf(record);
  const heldMs = holder && state === "alive" ? (uptime() - holder.uptimeSeconds) * 1000 : ageMs(path);
  return Math.max(watchedMs, heldMs) > (holder ? LIVE_HOLDER_MS : NAMELESS_MS) ? idOf(record) : undefined;
}

/** Between now and the file's time, whichever is later: the clock may have been set back. */
function ageMs(path: string): number {
  const found = statSync(path, { throwIfNoEntry: false });
  return found ? Math.abs(Date.now() - found.mtimeMs) : 0;
}

/**
 * Removes the lock `id`, and never another: only the holder of the guard named after `id` may, and looks once more.
 * A guard whose holder died is removed the same way.
 */
function remove(path: string, id: string): void {
  // Named as a temporary file: what a remover that was killed leaves is swept.
  const guard = join(dirname(path), `.sso-cred-${sha1(id).slice(0, 12)}.tmp`);
  const made = acquire(guard);
  if (made && "marks" in made) {
    const abandoned = abandonedLock(guard, 0);
    if (abandoned !== undefined) remove(guard, abandoned);
    return;
  }
  // Without a guard (the disk is full) the lock still has to go.
  if (idOf(readJsonObject(path)) === id) takeAway(path);
  if (made) takeAway(guard);
}

function idOf(record: JsonObject | undefined): string {
  return typeof record?.id === "string" ? record.id : "";
}

function gaveUp(path: string, purpose: string): SsoCredError {
  const holder = readIdentity(readJsonObject(path));
  const who = holder ? ` (process ${holder.pid})` : "";
  return new SsoCredError("unavailable", `waited too long for ${purpose}${who}; lock: ${path}`);
}
