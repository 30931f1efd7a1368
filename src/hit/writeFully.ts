import { closeSync, constants, fstatSync, openSync, writeSync } from "node:fs";

/**
 * Writes the whole text, in one write wherever the descriptor takes it. One that takes nothing is waited for, without
 * burning CPU, for `patienceMs`; then, and when the reader has gone, the system's error is thrown. Before the first wait
 * `onWait` is called: until the end of this call nothing else gets its turn.
 */
export function writeFully(fd: number, text: string, timeoutMs: number, onWait?: () => void): void {
  // The time since the start, which no clock that is set back makes longer.
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
 * A full pipe that a shell made, a full socket, a terminal that is held (Ctrl-S) keep their writer in the kernel, past any
 * time. Pipe and terminal, opened anew (proc(5)), do not, and whoever else writes there notices nothing.
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
    // Nobody reads any more, the terminal is another user's, or there is no /proc: the write itself will tell.
  }
  return fd;
}

/**
 * A socket cannot be opened anew. It is unblocked for all who share it, as Node does it with the streams of any program, and
 * Node blocks it again at the end of the process. Done by what `node:net` is made of, which itself takes milliseconds to load.
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

/** What to say when standard output took nothing, by the system's error. */
export function outputFailure(error: unknown): string {
  const { code = String(error) } = error as NodeJS.ErrnoException;
  return code === "EPIPE" ? "nobody reads the output" : `the output cannot be written (${code})`;
}
