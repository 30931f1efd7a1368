import type { Home } from "../support/home.ts";
import type { RunResult } from "../support/run.ts";

export interface StartOptions {
  env?: Readonly<Record<string, string | undefined>>;
  /** A path on that machine; default: the home. */
  cwd?: string;
  /** Nobody reads standard output. */
  readerIsGone?: boolean;
}

export interface Call {
  /** Rejects, and kills the call, if it has not ended after a minute. */
  readonly done: Promise<RunResult>;
  kill(): void;
}

/** Another kind of machine, with the executable on it. */
export interface Machine {
  /** `windows` or `arm64`. */
  readonly name: string;
  /** The emulator, with versions. */
  readonly title: string;
  /** A path on that machine. */
  readonly executable: string;
  /** The path there of a file or folder of this machine. */
  named(path: string): string;
  /** A value of BROWSER: a program that writes each address to `log`, and visits it if `visits`. */
  browser(home: Home, log: string, visits: boolean): string;
  start(home: Home, file: string, args: readonly string[], options?: StartOptions): Call;
  /** The command line for the machine's shell. */
  startShell(home: Home, line: string, options?: StartOptions): Call;
  /** Ends a process by its PID on that machine. */
  killProcess(pid: number): Promise<void>;
  /** Ends all processes there. */
  close(): Promise<void>;
}

/** The reason why a machine is not available here. */
export interface Missing {
  missing: string;
}
