import { closeSync, constants, fstatSync, openSync, writeSync } from "node:fs";

/**
 * Writes the whole text, in one write where the descriptor accepts it. Waits up to `timeoutMs` for
 * a reader, without using CPU. Throws the system's error after that, or when the reader is gone.
 * Calls `onWait` before the first wait: the event loop is blocked until this function returns.
 */
export function writeFully(fd: number, text: string, timeoutMs: number, onWait?: () => void): void {
  // Uptime instead of the clock: setting the clock back must not extend the wait.
  const giveUpAt = process.uptime() + timeoutMs / 1000;
  const open = withoutBlocking(fd, timeoutMs);
  let rest = Buffer.from(text);
  let isWaiting = false;
  try {
    while (rest.length > 0) {
      try {
        rest = rest.subarray(writeSync(open, rest));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EAGAIN" || process.uptime() > giveUpAt) throw error;
        if (!isWaiting) onWait?.();
        isWaiting = true;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
      }
    }
  } finally {
    if (open !== fd) closeSync(open);
  }
}

/**
 * A full pipe, a full socket or a stopped terminal (Ctrl-S) blocks a write in the kernel without a
 * time limit. Reopening a pipe or terminal through /proc (proc(5)) gives a non-blocking descriptor
 * that other writers do not notice.
 */
function withoutBlocking(fd: number, timeoutMs: number): number {
  if (process.platform === "win32") return fd;
  try {
    const found = fstatSync(fd);
    if (found.isSocket()) {
      if (timeoutMs < Infinity) unblockSocket(fd);
    } else if (process.platform === "linux" && (found.isFIFO() || found.isCharacterDevice())) {
      return openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    }
  } catch {
    // No reader, another user's terminal, or no /proc: the write itself reports the error.
  }
  return fd;
}

/**
 * A socket cannot be reopened, so it is made non-blocking for every process that shares it, as Node
 * does with its own streams; Node restores it at exit. Uses the binding below `node:net`, which
 * itself takes milliseconds to load.
 */
function unblockSocket(fd: number): void {
  const { binding } = process as unknown as { binding: (name: "pipe_wrap") => PipeWrap };
  const { Pipe, constants } = binding("pipe_wrap");
  new Pipe(constants.SOCKET).open(fd);
}

interface PipeWrap {
  readonly Pipe: new (kind: number) => { open(fd: number): void };
  readonly constants: { readonly SOCKET: number };
}

/** Says why output could not be written. */
export function outputFailure(error: unknown): string {
  const { code = String(error) } = error as NodeJS.ErrnoException;
  return code === "EPIPE" ? "nobody reads the output" : `the output cannot be written (${code})`;
}
