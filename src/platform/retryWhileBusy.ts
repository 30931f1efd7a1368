/** Longer than a virus scanner or a backup needs for a new file. */
const TIMEOUT_MS = 2_000;
const RETRY_MS = 50;

/** Windows: another program has locked the file. */
const NOT_READABLE = ["EBUSY"];
/** Windows: another program has the file open, or has just removed it. */
const NOT_REPLACEABLE = ["EBUSY", "EPERM", "EACCES"];

export interface BusyWait {
  timeoutMs?: number;
  platform?: NodeJS.Platform;
}

/** Reads a file. On Windows, retries while another program has locked it. */
export function readWhileBusy<T>(read: () => T, wait?: BusyWait): T {
  return retry(read, NOT_READABLE, wait);
}

/** Replaces or removes a file. On Windows, retries while another program has it open. */
export function retryWhileBusy<T>(change: () => T, wait?: BusyWait): T {
  return retry(change, NOT_REPLACEABLE, wait);
}

/** True if a change failed because another program may have the file open. */
export function isHeld(error: unknown, platform = process.platform): boolean {
  return platform === "win32" && NOT_REPLACEABLE.includes((error as NodeJS.ErrnoException).code ?? "");
}

function retry<T>(
  work: () => T,
  codes: readonly string[],
  { timeoutMs = TIMEOUT_MS, platform = process.platform }: BusyWait = {},
): T {
  // Counts attempts instead of reading the clock: the clock may be changed meanwhile.
  for (let retriesLeft = timeoutMs / RETRY_MS; ; retriesLeft--) {
    try {
      return work();
    } catch (error) {
      const { code = "" } = error as NodeJS.ErrnoException;
      if (platform !== "win32" || !codes.includes(code) || retriesLeft < 1) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
    }
  }
}
