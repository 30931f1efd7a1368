/**
 * The parts of the operating system that tests replace. The file system is not among them: tests use a temporary home.
 * Neither is HTTP: tests run a local server.
 */
export interface System {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** Epoch milliseconds. */
  now(): number;
  /** Aborted by Ctrl-C, with the error to end with as its reason. */
  readonly interrupted: AbortSignal;
  /** Continues after a Ctrl-C that ended only a part of the run: `interrupted` becomes a new signal. */
  clearInterrupt(): void;
  /** Resolves after `ms` milliseconds; rejects once interrupted. */
  sleep(ms: number): Promise<void>;
  /** Epoch milliseconds at which this process started; budgets count from here. */
  readonly startedAt: number;
  /**
   * Writes the whole text. With `timeoutMs` (the reader is a program): a reader that accepts nothing for that long, or is
   * gone, is an error. Without it (the reader is a person): waits for any reader, and ignores one that is gone.
   */
  writeStdout(text: string, timeoutMs?: number): void;
  /** True if stdout is a terminal, so that a person reads it. */
  stdoutIsTerminal(): boolean;
  /** As `writeStdout`. */
  writeStderr(text: string, timeoutMs?: number): void;
  /** The terminal device of the person, if this process may write to one; never stdin, stdout or stderr. */
  terminal(): Terminal | undefined;
  /** Opens the page in the person's browser; false if that is not possible. Never waits for the browser to end. */
  openBrowser(url: string): Promise<boolean>;
  /** Starts this program again, detached from the caller's terminal, folder and process group. Its PID if it started. */
  startDetached(args: readonly string[]): number | undefined;
  readonly trace: Trace;
}

export interface Terminal {
  /** Tells terminals apart; equal for all processes that share one. */
  readonly id: string;
  write(text: string): void;
}

/** Records the steps of a run. Implementations mask secrets, so callers need not. */
export interface Trace {
  step(what: string, details?: Readonly<Record<string, unknown>>): void;
}
