/** The facts that locations on disk depend on. */
export interface Environment {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
}

export type Clocked = Environment & Pick<System, "now">;

/**
 * The parts of the operating system that tests replace. The file system and HTTP are not among
 * them: tests use a temporary home and run a local server.
 */
export interface System extends Environment {
  /** Epoch milliseconds. */
  now(): number;
  /** Aborted by Ctrl-C, with the error to end with as its reason. */
  readonly interrupted: AbortSignal;
  /** Continues after a Ctrl-C that ended a part of the run: `interrupted` becomes a new signal. */
  clearInterrupt(): void;
  /** A signal that would end the process takes effect after `work`; a second one, at once. */
  uninterrupted<T>(work: () => Promise<T>): Promise<T>;
  /** Resolves after `ms` milliseconds; rejects once interrupted. */
  sleep(ms: number): Promise<void>;
  /** Epoch milliseconds at which this process started; budgets count from here. */
  readonly startedAt: number;
  /**
   * Writes the whole text. With `timeoutMs` the reader is a program: one that accepts nothing for
   * that long, or is gone, is an error. Without it, waits for the reader, and ignores one that is
   * gone.
   */
  writeStdout(text: string, timeoutMs?: number): void;
  /** True if stdout is a terminal, so that a person reads it. */
  stdoutIsTerminal(): boolean;
  /** As `writeStdout`. */
  writeStderr(text: string, timeoutMs?: number): void;
  /** The person's terminal device, if we may write to it; never stdin, stdout or stderr. */
  terminal(): Terminal | undefined;
  /** Opens the page in the person's browser; false if that is not possible. */
  openBrowser(url: string): Promise<boolean>;
  /** Starts this program again, detached from the caller's terminal, folder and process group. */
  startDetached(args: readonly string[]): number | undefined;
  readonly trace: Trace;
}

export interface Terminal {
  /** Identifies the terminal; equal for all processes that share it. */
  readonly id: string;
  write(text: string): void;
}

/** Records the steps of a run. Implementations mask secrets, so callers need not. */
export interface Trace {
  step(what: string, details?: Readonly<Record<string, unknown>>): void;
}
