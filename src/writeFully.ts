import { closeSync, constants, fstatSync, openSync, writeSync } from "node:fs";

/**
 * Writes the whole text, in one write wherever the descriptor takes it. A full pipe is waited for, without burning
 * CPU, until `deadlineMs` (epoch); then, and when the reader has gone, the system's error is thrown.
 */
export function writeFully(fd: number, text: string, deadlineMs: number): void {
  const open = withoutBlocking(fd);
  let rest = Buffer.from(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(open, rest));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN" || Date.now() > deadlineMs) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
  if (open !== fd) closeSync(open);
}

/** A full pipe that a shell made holds its writer in the kernel, past any deadline; opened anew (proc(5)) it does not. */
function withoutBlocking(fd: number): number {
  if (process.platform !== "linux") return fd;
  try {
    if (!fstatSync(fd).isFIFO()) return fd;
    return openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch {
    // Nobody reads any more, or there is no /proc: the write itself will tell.
    return fd;
  }
}

/** What to say when standard output took nothing, by the system's error. */
export function outputFailure(error: unknown): string {
  const { code = String(error) } = error as NodeJS.ErrnoException;
  return code === "EPIPE" ? "nobody reads the output" : `the output cannot be written (${code})`;
}
