import { type FSWatcher, watch } from "node:fs";
import { basename, dirname } from "node:path";
import type { System } from "../platform/system.ts";

/** Where the system reports changes, polling is only for those it may miss: another host's. */
const WATCHED_POLL_MS = 1_000;
/** Where it does not, so that a change is seen within a tenth of a second. */
const UNWATCHED_POLL_MS = 75;

/** Waits for files to change. Fifty processes that only poll would keep a processor busy. */
export interface FileWatch {
  /** Resolves at the first change since the last call, or when it is time to poll; after `atMostMs` at the latest. */
  next(atMostMs: number): Promise<void>;
  close(): void;
}

/** Watches from now on, so read the files afterwards. A folder that does not exist yet is watched once it does. */
export function watchFiles(paths: readonly string[], system: Pick<System, "sleep">): FileWatch {
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
      // No such folder, too many watchers, or a file system without them.
    }
  }

  for (const path of paths) open(path);
  return {
    async next(atMostMs) {
      // A change before these watchers exist is seen at the next poll, which is soon.
      const unwatched = paths.filter((path) => !watchers.has(path));
      for (const path of unwatched) open(path);
      if (!changed) {
        const changeReported = new Promise<void>((resolve) => {
          wake = resolve;
        });
        await Promise.race([
          changeReported,
          system.sleep(Math.min(unwatched.length > 0 ? UNWATCHED_POLL_MS : WATCHED_POLL_MS, atMostMs)),
        ]);
      }
      changed = false;
    },
    close() {
      for (const watcher of watchers.values()) watcher.close();
      watchers.clear();
    },
  };
}
