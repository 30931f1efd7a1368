import type { Home } from "../support/home.ts";
import type { RunResult } from "../support/run.ts";

export interface StartOptions {
  env?: Readonly<Record<string, string | undefined>>;
  /** As the machine names it; default: the home. */
  cwd?: string;
  /** Nobody reads what is written to standard output. */
  readerIsGone?: boolean;
}

export interface Call {
  /** Rejects when the call has not ended after a minute; it is killed then. */
  readonly done: Promise<RunResult>;
  kill(): void;
}

/** A machine of another kind than this one, with the executable on it. */
export interface Machine {
  /** `windows`, `arm64`: how a person names it. */
  readonly name: string;
  /** What plays it, with versions. */
  readonly title: string;
  /** As the machine names it. */
  readonly executable: string;
  /** How it names a file or folder of this one. */
  named(path: string): string;
  /** All that a program finds in its environment there. */
  environment(home: Home): Record<string, string>;
  /** A value of BROWSER: a program that notes each address in `log`, and visits it where `visits`. */
  browser(home: Home, log: string, visits: boolean): string;
  start(home: Home, file: string, args: readonly string[], options?: StartOptions): Call;
  /** The command line as the machine's shell runs it. */
  startShell(home: Home, line: string, options?: StartOptions): Call;
  /** Ends a process by the number that the machine gives it. */
  killProcess(pid: number): Promise<void>;
  /** Ends all that runs there. */
  close(): Promise<void>;
}

/** Why a machine is not to be had here. */
export interface Missing {
  missing: string;
}
