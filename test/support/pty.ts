import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pty from "@lydell/node-pty";
import headless from "@xterm/headless";
import { MAIN_JOB } from "./binaryWorld.ts";
import { BINARY, bareEnv, type RunOptions } from "./run.ts";

interface TerminalResult {
  code: number;
  /** Standard output and error if they were redirected away from the terminal, else empty. */
  stdout: string;
  stderr: string;
  /** The screen at the end, without trailing blanks. */
  screen: string;
  /** All bytes written to the terminal device. */
  raw: string;
}

export interface OnTerminal {
  readonly done: Promise<TerminalResult>;
  /** The screen and the lines that have scrolled out of it, without trailing blanks. */
  screen(): Promise<string>;
  /** The part in the terminal's window. */
  window(): Promise<string>;
  /** The screen's lines as written. `isWrapped`: the terminal broke a line that was too long. */
  lines(): Promise<{ text: string; isWrapped: boolean }[]>;
  /** Presses keys; `KEYS` has names for the unprintable ones. */
  type(keys: string): void;
  /**
   * Waits until the screen shows this, and returns it. Fails after `deadlineMs` (20 s) with the
   * screen in the message.
   */
  waitFor(text: string | RegExp, deadlineMs?: number): Promise<string>;
  /** Changes the size of the terminal's window. */
  resize(columns: number, rows: number): void;
  kill(signal?: NodeJS.Signals): void;
}

export const KEYS = {
  enter: "\r",
  up: "\u001b[A",
  down: "\u001b[B",
  space: " ",
  tab: "\t",
  escape: "\u001b",
  backspace: "\u007f",
  controlC: "\u0003",
} as const;

export interface TerminalOptions extends RunOptions {
  columns?: number;
  rows?: number;
}

/** Runs a program on a terminal of its own, with all three streams on it. */
export function startOnTerminal(file: string, args: readonly string[], options: TerminalOptions): OnTerminal {
  const { columns = 100, rows = 30 } = options;
  const screen = new headless.Terminal({ cols: columns, rows, scrollback: 5000, allowProposedApi: true });
  const child = pty.spawn(file, [...args], {
    // node-pty makes this the TERM of the child.
    name: options.env?.TERM ?? "xterm-256color",
    cols: columns,
    rows,
    cwd: options.cwd ?? options.home?.path ?? "/",
    env: { TERM: "xterm-256color", ...bareEnv(options) },
  });
  let raw = "";
  child.onData((data) => {
    raw += data;
    screen.write(data);
  });
  // Programs ask for the cursor's position, and would wait forever without a response.
  screen.onData((answer) => child.write(answer));

  const readFrom = (top: "whole" | "window") =>
    new Promise<string>((resolve) => {
      screen.write("", () => {
        const { active } = screen.buffer;
        const from = top === "window" ? active.baseY : 0;
        const lines = Array.from({ length: active.length - from }, (_, i) =>
          (active.getLine(from + i)?.translateToString(true) ?? "").trimEnd(),
        );
        resolve(lines.join("\n").trimEnd());
      });
    });
  const read = () => readFrom("whole");
  const lines = async () => {
    await read();
    const { active } = screen.buffer;
    const found: { text: string; isWrapped: boolean }[] = [];
    for (let row = 0; row < active.length; row++) {
      const line = active.getLine(row);
      const last = line?.isWrapped ? found.pop() : undefined;
      found.push({
        text: (last?.text ?? "") + (line?.translateToString() ?? ""),
        isWrapped: last !== undefined,
      });
    }
    const trimmed = found.map((line) => ({ ...line, text: line.text.trimEnd() }));
    return trimmed.slice(0, trimmed.findLastIndex(({ text }) => text !== "") + 1);
  };
  let ended = false;
  const done = new Promise<TerminalResult>((resolve, reject) => {
    const timer = setTimeout(async () => {
      child.kill("SIGKILL");
      reject(new Error(`Still running: ${file} ${args.join(" ")}\n${await read()}`));
    }, options.deadlineMs ?? 60_000);
    child.onExit(async ({ exitCode, signal }) => {
      clearTimeout(timer);
      ended = true;
      const code = signal ? 128 + signal : exitCode;
      resolve({ code, stdout: "", stderr: "", screen: await read(), raw });
    });
  });
  done.catch(() => {});

  const waitFor = async (text: string | RegExp, deadlineMs = 20_000): Promise<string> => {
    const deadline = performance.now() + deadlineMs;
    for (;;) {
      const wasEnded = ended;
      const now = await read();
      if (typeof text === "string" ? now.includes(text) : text.test(now)) return now;
      if (wasEnded || performance.now() > deadline) {
        throw new Error(`The screen never showed ${text}${wasEnded ? " before the end" : ""}:\n${now}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  return {
    done,
    screen: read,
    window: () => readFrom("window"),
    lines,
    type: (keys) => child.write(keys),
    waitFor,
    resize(columns, rows) {
      screen.resize(columns, rows);
      child.resize(columns, rows);
    },
    kill: (signal = "SIGKILL") => child.kill(signal),
  };
}

export function startBinaryOnTerminal(args: readonly string[], options: TerminalOptions): OnTerminal {
  return startOnTerminal(BINARY, args, options);
}

/**
 * `sh -c COMMAND` with a controlling terminal but redirected standard streams, as an SDK runs a
 * credential_process: the screen shows only what was written to /dev/tty. The executable is
 * `$SSO_CRED`.
 */
export function startShellBehindTerminal(command: string, options: TerminalOptions): OnTerminal {
  const folder = mkdtempSync(join(tmpdir(), "sso-cred-streams-"));
  // The outer shell keeps the terminal open: without a process it would hang up.
  const script = '/bin/sh -c "$2" 0</dev/null 1>"$1/out" 2>"$1/err"; exit $?';
  const running = startOnTerminal("/bin/sh", ["-c", script, "sh", folder, command], {
    ...options,
    env: { SSO_CRED: BINARY, ...options.env },
  });
  const done = running.done.then((result) => ({
    ...result,
    stdout: readFileSync(join(folder, "out"), "utf8"),
    stderr: readFileSync(join(folder, "err"), "utf8"),
  }));
  const cleaned = done.finally(() => rmSync(folder, { recursive: true, force: true }));
  cleaned.catch(() => {});
  return { ...running, done: cleaned };
}

export function startMainJobBehindTerminal(options: TerminalOptions): OnTerminal {
  return startShellBehindTerminal(`exec "$SSO_CRED" ${MAIN_JOB.join(" ")}`, options);
}
