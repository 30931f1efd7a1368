import { writeFully } from "../hit/writeFully.ts";
import { writeToConsole } from "./console.ts";

/**
 * Writes to an inherited stream. With `timeoutMs`, a reader that accepts nothing for that long is an error. Without
 * it the reader is a person or a pager: if it is gone (`| head`), it has seen enough, which is not a failure.
 */
export function writeOutput(fd: 1 | 2, text: string, timeoutMs = Infinity): void {
  if (writeToConsole(fd, text)) return;
  const handlers = process.listeners("SIGINT");
  try {
    // Handlers cannot run while a write blocks, so let Ctrl-C end the process directly.
    writeFully(fd, text, timeoutMs, () => process.removeAllListeners("SIGINT"));
  } catch (error) {
    if (timeoutMs < Infinity || (error as NodeJS.ErrnoException).code !== "EPIPE") throw error;
  } finally {
    if (process.listenerCount("SIGINT") === 0) {
      for (const handler of handlers) process.once("SIGINT", handler);
    }
  }
}
