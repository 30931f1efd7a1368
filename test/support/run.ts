import { type ChildProcess, spawn } from "node:child_process";
import { copyFileSync, existsSync, linkSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { EXECUTABLE } from "./builtExecutable.ts";

/** The tested executable. */
export const BINARY = process.env.SSO_CRED_BINARY ?? EXECUTABLE;

/** Puts the executable and its program into a new folder. Returns the executable's path. */
export function placeExecutable(folder: string): string {
  mkdirSync(folder, { recursive: true });
  const place = (from: string, name: string) => {
    try {
      linkSync(from, join(folder, name));
    } catch {
      copyFileSync(from, join(folder, name));
    }
  };
  place(BINARY, "sso-cred");
  const program = join(dirname(BINARY), "sso-cred-core");
  if (BINARY === EXECUTABLE && existsSync(program)) place(program, "sso-cred-core");
  return join(folder, "sso-cred");
}

/** The caller's PATH. With HOME and the test's own variables it is the whole environment. */
export const BARE_PATH = "/usr/bin:/bin";

export interface RunOptions {
  env?: Readonly<Record<string, string | undefined>>;
  home?: { path: string };
  cwd?: string;
  /** Text for standard input; absent: /dev/null. */
  stdin?: string;
  /** After this time the whole group is killed and the run fails; default 60 s. */
  deadlineMs?: number;
}

export interface RunResult {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
  /** The time until the pipes were closed, which a calling SDK waits for. */
  ms: number;
}

export interface Running {
  readonly pid: number;
  readonly child: ChildProcess;
  readonly done: Promise<RunResult>;
  /** The output so far. */
  stdout(): string;
  kill(signal?: NodeJS.Signals): void;
  /** Signals the caller and its process group, like Ctrl-C or a time-out of a shell. */
  killGroup(signal?: NodeJS.Signals): void;
}

export function bareEnv(options: RunOptions): Record<string, string> {
  const given = { PATH: BARE_PATH, HOME: options.home?.path ?? "/nonexistent", ...options.env };
  return Object.fromEntries(
    Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/**
 * Starts a program like an SDK: with pipes and a bare environment. It gets a session of its own, so
 * that it cannot reach the terminal of the test run.
 */
export function start(file: string, args: readonly string[], options: RunOptions): Running {
  const began = performance.now();
  const child = spawn(file, args, {
    env: bareEnv(options),
    cwd: options.cwd ?? options.home?.path,
    detached: true,
    stdio: [options.stdin === undefined ? "ignore" : "pipe", "pipe", "pipe"],
  });
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name]?.setEncoding("utf8").on("data", (text: string) => {
      output[name] += text;
    });
  }
  child.stdin?.on("error", () => {}).end(options.stdin);
  const killGroup = (signal: NodeJS.Signals = "SIGKILL") => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  };
  const done = new Promise<RunResult>((resolve, reject) => {
    const timer = setTimeout(() => {
      killGroup();
      reject(new Error(`Still running: ${file} ${args.join(" ")}\n${output.stdout}\n${output.stderr}`));
    }, options.deadlineMs ?? 60_000);
    child.once("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.once("close", (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, ...output, ms: performance.now() - began });
    });
  });
  // A killed program need not be awaited.
  done.catch(() => {});
  return {
    pid: child.pid ?? -1,
    child,
    done,
    stdout: () => output.stdout,
    kill: (signal = "SIGKILL") => void child.kill(signal),
    killGroup,
  };
}

export function startBinary(args: readonly string[], options: RunOptions): Running {
  return start(BINARY, args, options);
}

export function runBinary(args: readonly string[], options: RunOptions): Promise<RunResult> {
  return startBinary(args, options).done;
}

/** `sh -c COMMAND`; the executable is `$SSO_CRED`. */
export function startShell(command: string, options: RunOptions): Running {
  return start("/bin/sh", ["-c", command], { ...options, env: { SSO_CRED: BINARY, ...options.env } });
}

export function runShell(command: string, options: RunOptions): Promise<RunResult> {
  return startShell(command, options).done;
}
