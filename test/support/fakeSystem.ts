import { REFRESH_FLAG } from "../../src/credentials/refreshWorker.ts";
import type { System } from "../../src/platform/system.ts";
import { type FakeClock, fakeClock } from "./fakeClock.ts";

export interface FakeSystemOptions {
  env?: Record<string, string | undefined>;
  platform?: NodeJS.Platform;
  /** Shared with other systems and, as `now`, with the emulator. */
  clock?: FakeClock;
  /** The id of the person's terminal; absent: there is no terminal. */
  terminal?: string;
  /**
   * `visit` fetches the page in the background, `stay` does so and runs on, `ignore` opens it and
   * does nothing, `none` cannot open a page, `forbidden` fails the test. Default: forbidden.
   */
  browser?: "visit" | "stay" | "ignore" | "none" | "forbidden";
  /** Runs the detached process. Without it, a start is only recorded in `detached`. */
  startDetached?: (args: readonly string[]) => void;
}

/** A `System` for flows in this process, with a record of its use. */
export interface FakeSystem extends System {
  readonly clock: FakeClock;
  readonly stdout: string;
  readonly stderr: string;
  /** The text on the terminal device. */
  readonly shown: string;
  readonly opened: string[];
  /** Milliseconds of each sleep, in order. */
  readonly slept: number[];
  readonly steps: { what: string; details: Readonly<Record<string, unknown>> | undefined }[];
  readonly detached: (readonly string[])[];
  /** The responses of the visited pages, or the errors. */
  visits(): Promise<string[]>;
}

export function fakeSystem(options: FakeSystemOptions = {}): FakeSystem {
  const clock = options.clock ?? fakeClock();
  const { terminal, browser = "forbidden" } = options;
  const written = { stdout: "", stderr: "", shown: "" };
  const visiting: Promise<string>[] = [];
  const opened: string[] = [];
  const slept: number[] = [];
  const steps: FakeSystem["steps"] = [];
  const detached: (readonly string[])[] = [];
  return {
    env: options.env ?? {},
    platform: options.platform ?? "linux",
    clock,
    now: clock.now,
    startedAt: clock.now(),
    interrupted: new AbortController().signal,
    clearInterrupt() {},
    uninterrupted: (work) => work(),
    sleep: (ms) => {
      slept.push(ms);
      return clock.sleep(ms);
    },
    writeStdout: (text) => {
      written.stdout += text;
    },
    stdoutIsTerminal: () => false,
    writeStderr: (text) => {
      written.stderr += text;
    },
    terminal: () =>
      terminal === undefined
        ? undefined
        : {
            id: terminal,
            write: (text) => {
              written.shown += text;
            },
          },
    openBrowser: async (url) => {
      opened.push(url);
      if (browser === "forbidden") throw new Error(`This test allows no browser, and it was opened: ${url}`);
      if (browser === "visit" || browser === "stay")
        visiting.push(fetch(url).then((page) => page.text(), String));
      // Longer than the program waits for the opener to end.
      if (browser === "stay") await clock.sleep(1_500);
      return browser !== "none";
    },
    startDetached: (args) => {
      // As if no process could be started: then the refresh runs in this process.
      if (args[0] === REFRESH_FLAG) return undefined;
      detached.push(args);
      options.startDetached?.(args);
      return undefined;
    },
    trace: {
      step: (what, details) => {
        steps.push({ what, details });
      },
    },
    get stdout() {
      return written.stdout;
    },
    get stderr() {
      return written.stderr;
    },
    get shown() {
      return written.shown;
    },
    opened,
    slept,
    steps,
    detached,
    visits: () => Promise.all(visiting),
  };
}
