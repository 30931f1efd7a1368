import { writeFully } from "../hit/writeFully.ts";
import { writeToConsole } from "./console.ts";

/**
 * Writes to a stream that was handed to us; a reader that takes nothing is waited for `patienceMs`. Without such a limit the
 * reader is a person, or what a person has put there: one that has gone (`| head`) has read what it wanted, which is no failure.
 */
export function writeOutput(fd: 1 | 2, text: string, timeoutMs = Infinity): void {
  if (writeToConsole(fd, text)) return;
  const handlers = process.listeners("SIGINT");
  try {
    // No handler gets its turn while a write waits: Ctrl-C then ends this process as it ends any.
    writeFully(fd, text, timeoutMs, () => process.removeAllListeners("SIGINT"));
  } catch (error) {
    if (timeoutMs < Infinity || (error as NodeJS.ErrnoException).code !== "EPIPE") throw error;
  } finally {
    if (process.listenerCount("SIGINT") === 0) {
      for (const handler of handlers) process.once("SIGINT", handler);
    }
  }
}
