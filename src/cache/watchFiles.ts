import { type FSWatcher, watch } from "node:fs";
import { basename, dirname } from "node:path";
import type { System } from "../platform/system.ts";

/** Where the system tells of changes, a look without one is only for what it may not tell: another host's. */
const TOLD_MS = 1_000;
/** Where it does not, how often one has to look; to be seen within a tenth of a second. */
const POLL_MS = 75;

/** Waits for files to change: fifty processes that look all the time would keep a processor busy. */
export interface FileWatch {
  /** Resolves at the next change since the last call, or when there should be a look anyway: after `atMostMs` at the latest. */
  next(atMostMs: number): Promise<void>;
  close(): void;
}

/** Starts now: look at the files afterwards. A folder that does not exist yet is watched as soon as it does. */
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
      // What has changed before these are there is seen at the next look, which is soon.
      const untold = paths.filter((path) => !watchers.has(path));
      for (const path of untold) open(path);
      if (!changed) {
        const told = new Promise<void>((resolve) => {
          wake = resolve;
        });
        await Promise.race([told, system.sleep(Math.min(untold.length > 0 ? POLL_MS : TOLD_MS, atMostMs))]);
      }
      changed = false;
    },
    close() {
      for (const watcher of watchers.values()) watcher.close();
      watchers.clear();
    },
  };
}
