import { fstatSync } from "node:fs";
import { writeFully } from "../hit/writeFully.ts";
import { wrapWords } from "../text/columns.ts";
import { attempt } from "./attempt.ts";

/**
 * Writes to an inherited stream. With `timeoutMs`, a reader that accepts nothing for that long is
 * an error. Without it the reader is a person or a pager: if it is gone (`| head`), that is not a
 * failure, and neither is progress on stderr that cannot be written, for example to a full disk.
 */
export function writeOutput(fd: 1 | 2, text: string, timeoutMs = Infinity): void {
  if (writeToConsole(fd, text)) return;
  const handlers = process.listeners("SIGINT");
  try {
    // Handlers cannot run while a write blocks, so let Ctrl-C end the process directly.
    writeFully(fd, text, timeoutMs, () => process.removeAllListeners("SIGINT"));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (timeoutMs < Infinity || (fd === 1 && code !== "EPIPE")) throw error;
  } finally {
    if (process.listenerCount("SIGINT") === 0) {
      for (const handler of handlers) process.once("SIGINT", handler);
    }
  }
}

/**
 * Writes non-ASCII text to a Windows console. Does nothing and returns false for any other text or
 * descriptor. A console reads bytes in its code page, which is seldom UTF-8, whereas Node's streams
 * write Unicode, synchronously. Closes `fd` unless it is stdout or stderr.
 */
export function writeToConsole(fd: number, text: string): boolean {
  if (process.platform !== "win32" || !/[\u0080-\uffff]/.test(text)) return false;
  const { isatty, WriteStream } = process.getBuiltinModule("node:tty");
  if (!isatty(fd)) return false;
  if (fd === 1 || fd === 2) (fd === 1 ? process.stdout : process.stderr).write(text);
  else new WriteStream(fd).end(text).destroy();
  return true;
}

/**
 * Wraps prose between words on a terminal. Returns it unchanged elsewhere. Indented lines, such as
 * commands, are not broken, so that they can be copied.
 */
export function prose(fd: 1 | 2, text: string): string {
  const columns = terminalColumns(fd);
  if (columns === undefined) return text;
  return text
    .split("\n")
    .map((line) => (line.startsWith(" ") ? line : wrapWords(line, columns)))
    .join("\n");
}

/** Undefined if the stream is not a terminal. */
export function terminalColumns(fd: 1 | 2): number | undefined {
  if (!isTerminal(fd)) return undefined;
  // Terminals that do not know their size report 0.
  return (fd === 1 ? process.stdout : process.stderr).columns || 80;
}

/** `node:tty` takes milliseconds to load, and only a character device can be a terminal. */
export function isTerminal(fd: 1 | 2): boolean {
  const isDevice = attempt(() => fstatSync(fd).isCharacterDevice(), true);
  return isDevice && process.getBuiltinModule("node:tty").isatty(fd);
}
