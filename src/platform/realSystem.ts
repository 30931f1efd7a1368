import { spawn } from "node:child_process";
import { constants } from "node:os";
import { SsoCredError } from "../errors.ts";
import { attempt } from "./attempt.ts";
import { openBrowser } from "./browser.ts";
import { withoutLibrariesOf } from "./browserEnvironment.ts";
import { callerFolders } from "./callerProcess.ts";
import { workerEnvironment } from "./environment.ts";
import { closeInheritedDescriptors } from "./inheritedDescriptors.ts";
import { isTerminal, writeOutput } from "./output.ts";
import { exitProcess, programCommand } from "./programCommand.ts";
import type { System } from "./system.ts";
import { openTerminal } from "./terminal.ts";
import { openTrace } from "./trace.ts";

/** This process, its timers, terminal and browser. Ctrl-C aborts `interrupted`. */
export function realSystem(): System {
  const { env, platform } = process;
  const startedAt = Math.round(Date.now() - process.uptime() * 1000);
  const trace = openTrace(env, startedAt);
  const interrupts = watchInterrupts();
  return {
    env,
    platform,
    startedAt,
    trace,
    now: steadyClock(),
    get interrupted() {
      return interrupts.signal();
    },
    clearInterrupt: interrupts.clear,
    uninterrupted: interrupts.postpone,
    async sleep(ms) {
      const signal = interrupts.signal();
      const { setTimeout } = process.getBuiltinModule("node:timers/promises");
      await setTimeout(ms, undefined, { signal }).catch(() => signal.throwIfAborted());
    },
    writeStdout: (text, timeoutMs) => writeOutput(1, text, timeoutMs),
    stdoutIsTerminal: () => isTerminal(1),
    writeStderr: (text, timeoutMs) => writeOutput(2, text, timeoutMs),
    terminal: () => openTerminal(platform),
    openBrowser(url) {
      closeInheritedDescriptors();
      return openBrowser(url, { env, platform });
    },
    startDetached,
  };
}

function startDetached(args: readonly string[]): number | undefined {
  const [file, ...first] = programCommand();
  const folder = attempt(() => process.cwd());
  const { cwd, env } = workerEnvironment(process, folder);
  closeInheritedDescriptors();
  // Node throws some failures and emits others. Callers recognise a worker that did not start by
  // its unclaimed login.
  try {
    const child = spawn(file, [...first, ...args], {
      detached: true,
      stdio: "ignore",
      windowsHide: true,
      cwd,
      env: withoutLibrariesOf(callerFolders(env, process.platform), env),
    });
    child.once("error", () => {});
    child.unref();
    return child.pid;
  } catch {
    return undefined;
  }
}

/** How long unfinished work may take to clean up before the process ends anyway. */
const UNWIND_MS = 1_000;
/** Sent when the system, a service or a container stops, and when a terminal is closed. */
const ENDING = ["SIGTERM", "SIGHUP"] as const;

function watchInterrupts() {
  let controller = new AbortController();
  let exit: NodeJS.Timeout | undefined;
  let postponing = 0;
  let postponed: NodeJS.Signals | undefined;
  const remember = (signal: NodeJS.Signals) => {
    postponed ??= signal;
  };
  const interrupt = () => {
    controller.abort(new SsoCredError("cancelled", "cancelled"));
    exit = setTimeout(() => exitProcess(130), UNWIND_MS).unref();
  };
  const watch = () =>
    process.once("SIGINT", () => {
      if (postponing === 0) interrupt();
      else remember("SIGINT");
    });
  const deliver = () => {
    const signal = postponed;
    postponed = undefined;
    if (signal === "SIGINT") interrupt();
    else if (signal) endBy(signal);
  };
  watch();
  return {
    signal: () => controller.signal,
    clear() {
      if (!controller.signal.aborted) return;
      clearTimeout(exit);
      controller = new AbortController();
      watch();
    },
    async postpone<T>(work: () => Promise<T>): Promise<T> {
      // `exec` has its own handlers, and the process continues after them.
      const unhandled = ENDING.filter((signal) => process.listeners(signal).every((it) => it === remember));
      for (const signal of unhandled) process.on(signal, remember);
      postponing++;
      try {
        return await work();
      } finally {
        postponing--;
        for (const signal of unhandled) process.off(signal, remember);
        if (postponing === 0) deliver();
      }
    },
  };
}

/** Windows reports a closed console as SIGHUP, but no process can send SIGHUP there. */
function endBy(signal: NodeJS.Signals): void {
  if (process.platform === "win32") exitProcess(128 + constants.signals[signal]);
  process.kill(process.pid, signal);
}

/**
 * Epoch milliseconds that never run backwards. If the clock is set forward, time follows it: the
 * machine may have slept. If the clock is set back, time continues from its last value, because
 * every wait ends at a point in time.
 */
export function steadyClock(): () => number {
  let last = 0;
  let lastUptime = process.uptime();
  return () => {
    const uptime = process.uptime();
    const clock = Date.now();
    last = clock >= last ? clock : last + (uptime - lastUptime) * 1000;
    lastUptime = uptime;
    return Math.floor(last);
  };
}
