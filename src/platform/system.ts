/**
 * Everything the program takes from its surroundings that a test replaces. The file system is not here: functions
 * take places (from `hit/paths.ts`). HTTP is not here: the emulator is an address.
 */
export interface System {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** Epoch milliseconds. */
  now(): number;
  /** Aborted by Ctrl-C, with the error to end by. */
  readonly interrupted: AbortSignal;
  /** Resolves after `ms` milliseconds; rejects once interrupted. */
  sleep(ms: number): Promise<void>;
  /** Epoch milliseconds at which this process started; budgets count from here. */
  readonly startedAt: number;
  /**
   * Writes all of it. With `patienceMs` for a program that calls us: a reader that takes nothing for so long, or has gone, is an
   * error. Without it for a person: however slow the reader is, and quietly when it has gone.
   */
  writeStdout(text: string, timeoutMs?: number): void;
  /** As `writeStdout`. */
  writeStderr(text: string, timeoutMs?: number): void;
  /** The terminal device of the person, if this process may speak to one now; never stdin, stdout, stderr. */
  terminal(): Terminal | undefined;
  /** Opens the page in the person's browser; false when there is no way to. Never blocks on the browser. */
  openBrowser(url: string): Promise<boolean>;
  /** Starts this program again, detached from the caller's terminal, folder and process group. Its PID, if it started. */
  startDetached(args: readonly string[]): number | undefined;
  readonly trace: Trace;
}

export interface Terminal {
  /** Tells terminals apart; equal for all processes that share one. */
  readonly id: string;
  write(text: string): void;
}

/** Steps of a run, with their time. Implementations mask secrets; callers need not think of it. */
export interface Trace {
  step(what: string, details?: Readonly<Record<string, unknown>>): void;
}
