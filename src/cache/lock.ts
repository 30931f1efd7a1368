import { uptime } from "node:os";
import { dirname } from "node:path";
import { isKind, SsoCredError } from "../errors.ts";
import type { System } from "../platform/system.ts";
import { type JsonObject, readJsonObject } from "./jsonFile.ts";
import {
  abandonedLock,
  acquireLock,
  keepRenewing,
  removeLock,
  sweepStaleLocks,
  takeLockOver,
} from "./lockFile.ts";
import { removeReplacementsBy } from "./replaceFile.ts";
import { readIdentity } from "./stateFile.ts";
import { watchFiles } from "./watchFiles.ts";

interface LockWait<T> {
  /** Epoch milliseconds. */
  deadline: number;
  /** Whom to name as the holder: `another sso-cred that refreshes the token of 'my-sso'`. */
  purpose: string;
  /** The file written under the lock. A holder that loses the lock cannot replace it unchecked. */
  writes?: string;
  /** The work for a process that takes the lock over; see `withLockOf`. */
  task?: JsonObject;
  /** Called after each change of the lock and each second. A result ends the wait. */
  pollWhileWaiting?: () => T | undefined;
}

/**
 * Runs `work` while no other process holds the lock file `path`. Exactly one waiter takes over the
 * lock of a dead holder, at its next poll. A holder on another host or in another container loses
 * its lock 10 s after the last renewal, a running one after 60 s. Locks only save work: what `work`
 * writes must be correct without one. If no lock can be created (a read-only or full disk), `work`
 * runs without one.
 *
 * Throws `unavailable` when the deadline passes first.
 */
export async function withLock<T>(
  system: Pick<System, "now" | "sleep" | "trace">,
  path: string,
  wait: LockWait<T>,
  work: (lockId?: string) => Promise<T>,
): Promise<T> {
  const first = acquireLock(path, wait.task);
  if (!first || "id" in first) return await workWith(first, system, path, work);
  const changes = watchFiles([path], system);
  try {
    let seen = { version: "", sinceSeconds: uptime() };
    for (;;) {
      const result = wait.pollWhileWaiting?.();
      if (result !== undefined) return result;
      const lock = acquireLock(path, wait.task);
      if (!lock || "id" in lock) return await workWith(lock, system, path, work);
      if (seen.version !== lock.version) seen = { version: lock.version, sinceSeconds: uptime() };
      const abandoned = abandonedLock(path, (uptime() - seen.sinceSeconds) * 1000);
      if (abandoned !== undefined) {
        system.trace.step("take over a lock", { file: path });
        const holder = readIdentity(readJsonObject(path));
        if (holder && wait.writes !== undefined) removeReplacementsBy(holder.pid, wait.writes);
        removeLock(path, abandoned);
        continue;
      }
      const leftMs = wait.deadline - system.now();
      if (leftMs <= 0) {
        const holder = readIdentity(readJsonObject(path));
        const who = holder ? ` (process ${holder.pid})` : "";
        throw new SsoCredError("unavailable", `waited too long for ${wait.purpose}${who}; lock: ${path}`);
      }
      await changes.next(leftMs);
    }
  } finally {
    changes.close();
  }
}

/**
 * Like `withLock`, but works without the lock if it is not free within `timeoutMs`, or after
 * Ctrl-C. For files whose other writers read them again before they write.
 */
export async function withLockIfFree<T>(
  system: Parameters<typeof withLock>[0],
  path: string,
  { timeoutMs, ...wait }: Pick<LockWait<T>, "purpose" | "writes"> & { timeoutMs: number },
  work: () => T | Promise<T>,
): Promise<T> {
  let hasBegun = false;
  const underLock = async () => {
    hasBegun = true;
    return await work();
  };
  try {
    return await withLock(system, path, { ...wait, deadline: system.now() + timeoutMs }, underLock);
  } catch (error) {
    if (hasBegun || !isKind(error, "unavailable", "cancelled")) throw error;
    return await work();
  }
}

/**
 * Takes the lock `id` over from the process that started this one, and works on its task. Does
 * nothing if the lock is gone or has been replaced: the other process has ended, or did not wait.
 */
export async function withLockOf(
  system: Pick<System, "trace">,
  path: string,
  id: string,
  work: (task: JsonObject) => Promise<void>,
): Promise<void> {
  const lock = takeLockOver(path, id);
  if (lock) await workWith(lock, system, path, () => work(lock.task));
}

async function workWith<T>(
  lock: { id: string } | undefined,
  system: Pick<System, "trace">,
  path: string,
  work: (lockId?: string) => Promise<T>,
): Promise<T> {
  if (!lock) {
    system.trace.step("no lock can be created here", { file: path });
    return await work();
  }
  const stopRenewing = keepRenewing(path, lock.id);
  try {
    return await work(lock.id);
  } finally {
    stopRenewing();
    removeLock(path, lock.id);
    sweepStaleLocks(dirname(path));
  }
}
