import { type FSWatcher, watch } from "node:fs";
import { basename, dirname } from "node:path";
import type { System } from "../system/system.ts";

/** Where the system tells of changes, a look without one is only for what it may not tell: another host's. */
const TOLD_MS = 1_000;
/** Where it does not, how often one has to look; to be seen within a tenth of a second. */
const POLL_MS = 75;

/** Waits for a file to change. Looking fifty times as often as it does would cost a processor a tenth of its time. */
export interface FileWatch {
  /** Resolves at the next change since the last call, or when there should be a look anyway: after `atMostMs` at the latest. */
  next(atMostMs: number): Promise<void>;
  close(): void;
}

/** Starts now: look at the file afterwards. Its folder has to exist; nothing is thrown when it does not. */
export function watchFile(path: string, system: Pick<System, "sleep">): FileWatch {
  const name = basename(path);
  let changed = false;
  let wake: (() => void) | undefined;
  let watcher = open();

  function open(): FSWatcher | undefined {
    try {
      return watch(dirname(path), { persistent: false }, (_, file) => {
        if (file !== null && file !== name) return;
        changed = true;
        wake?.();
      }).on("error", close);
    } catch {
      // Too many watchers, or a file system without them.
      return undefined;
    }
  }

  function close(): void {
    watcher?.close();
    watcher = undefined;
  }

  return {
    async next(atMostMs) {
      if (!changed) {
        const told = new Promise<void>((resolve) => {
          wake = resolve;
        });
        await Promise.race([told, system.sleep(Math.min(watcher ? TOLD_MS : POLL_MS, atMostMs))]);
      }
      changed = false;
    },
    close,
  };
}
