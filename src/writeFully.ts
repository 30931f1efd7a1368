import { writeSync } from "node:fs";

/**
 * Writes the whole text, in one write wherever the descriptor takes it. A full pipe is waited for, without burning
 * CPU, until `deadlineMs` (epoch); then, and when the reader has gone, the system's error is thrown.
 */
export function writeFully(fd: number, text: string, deadlineMs: number): void {
  let rest = Buffer.from(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(fd, rest));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN" || Date.now() > deadlineMs) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}
