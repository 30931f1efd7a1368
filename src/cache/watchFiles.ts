import { type FSWatcher, watch } from "node:fs";
import { basename, dirname } from "node:path";
import type { System } from "../platform/system.ts";

/** The poll interval if the system reports changes: polls only find those of another host. */
const WATCHED_POLL_MS = 1_000;
/** The poll interval if the system reports nothing. */
const UNWATCHED_POLL_MS = 75;

/**
 * Watches files for changes from now on, so read them after this call. Folders may be missing.
 * Fifty processes that only poll would keep a CPU core busy.
 */
export function watchFiles(paths: readonly string[], system: Pick<System, "sleep">) {
  const watchers = new Map<string, FSWatcher>();
  let changed = false;
  let wake: (() => void) | undefined;

  function open(path: string): void {
    const end = () => {
      watchers.get(path)?.close();
      watchers.delete(path);
    };
    try {
      const watcher = watch(dirname(path), { persistent: false }, (_, file) => {
        if (file !== null && file !== basename(path)) return;
        changed = true;
        wake?.();
      });
      watchers.set(path, watcher.on("error", end));
    } catch {
      // A missing folder, too many watchers, or a file system that cannot be watched.
    }
  }

  for (const path of paths) open(path);
  return {
    /** Resolves at the first change since the last call, at a poll, or after `atMostMs`. */
    async next(atMostMs: number): Promise<void> {
      // The next poll, which comes soon, finds changes from before these watchers existed.
      const unwatched = paths.filter((path) => !watchers.has(path));
      for (const path of unwatched) open(path);
      if (!changed) {
        const report = Promise.withResolvers<void>();
        wake = report.resolve;
        const pollMs = unwatched.length > 0 ? UNWATCHED_POLL_MS : WATCHED_POLL_MS;
        await Promise.race([report.promise, system.sleep(Math.min(pollMs, atMostMs))]);
      }
      changed = false;
    },

    close(): void {
      for (const watcher of watchers.values()) watcher.close();
      watchers.clear();
    },
  };
}
