/** As long as a virus scanner or a backup looks at a new file, and longer. */
const PATIENCE_MS = 2_000;
const LOOK_MS = 50;

/** What Windows answers to who wants to read a file that another program has for itself. */
const NOT_READ = ["EBUSY"];
/** What it answers to who wants to replace or remove a file that another program holds open, or has just removed. */
const NOT_CHANGED = ["EBUSY", "EPERM", "EACCES"];

export interface Patience {
  timeoutMs?: number;
  platform?: NodeJS.Platform;
}

/** Reads a file; on Windows again and again while another program keeps it for itself. Throws the system's error. */
export function readWhileBusy<T>(read: () => T, patience?: Patience): T {
  return patiently(read, NOT_READ, patience);
}

/** Replaces or removes a file; on Windows again and again while another program holds it open. Throws the system's error. */
export function retryWhileBusy<T>(change: () => T, patience?: Patience): T {
  return patiently(change, NOT_CHANGED, patience);
}

/** Whether a change failed because somebody may still hold the file. */
export function isHeld(error: unknown, platform = process.platform): boolean {
  return platform === "win32" && NOT_CHANGED.includes((error as NodeJS.ErrnoException).code ?? "");
}

function patiently<T>(
  work: () => T,
  refusals: readonly string[],
  { timeoutMs = PATIENCE_MS, platform = process.platform }: Patience = {},
): T {
  // Of looks, not of the clock, which may be set meanwhile.
  for (let looksLeft = timeoutMs / LOOK_MS; ; looksLeft--) {
    try {
      return work();
    } catch (error) {
      const { code = "" } = error as NodeJS.ErrnoException;
      if (platform !== "win32" || !refusals.includes(code) || looksLeft < 1) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK_MS);
    }
  }
}
