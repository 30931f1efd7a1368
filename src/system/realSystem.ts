import { spawn } from "node:child_process";
import { resolve } from "node:path";
import { SsoCredError } from "../errors.ts";
import { outputPatienceMs } from "../waitSeconds.ts";
import { writeFully } from "../writeFully.ts";
import { openBrowser } from "./browser.ts";
import { cleanEnvironment } from "./environment.ts";
import { leave } from "./leave.ts";
import { programCommand } from "./programCommand.ts";
import { steadyClock } from "./steadyClock.ts";
import type { System } from "./system.ts";
import { openTerminal } from "./terminal.ts";
import { openTrace } from "./trace.ts";

/** After its end a run still says what went wrong, to a reader that may be slow. */
const STDERR_PATIENCE_MS = 1_000;

/** The program's surroundings as they are: this process, its timers, terminal and browser. Ctrl-C aborts `interrupted`. */
export function realSystem(): System {
  const { env, platform } = process;
  const startedAt = Math.round(Date.now() - process.uptime() * 1000);
  const trace = openTrace(env, startedAt);
  const interrupted = interruptSignal();
  const patienceMs = outputPatienceMs(env);
  return {
    env,
    platform,
    startedAt,
    trace,
    now: steadyClock(),
    interrupted,
    sleep: (ms) => sleepUnless(interrupted, ms),
    writeStdout: (text) => writeFully(1, text, startedAt + patienceMs),
    writeStderr: (text) => writeFully(2, text, Date.now() + STDERR_PATIENCE_MS),
    terminal: () => openTerminal(platform),
    openBrowser: (url) => openBrowser(url, { env, platform }),
    startDetached,
  };
}

function startDetached(args: readonly string[]): number | undefined {
  const [file, ...first] = programCommand() as [string, ...string[]];
  const child = spawn(file, [...first, ...args], {
    detached: true,
    stdio: "ignore",
    windowsHide: true,
    cwd: process.platform === "win32" ? undefined : "/",
    env: withAbsolutePaths(withoutAwsKeys(cleanEnvironment(process.env))),
  });
  // A worker that does not start is noticed by its unclaimed login.
  child.once("error", () => {});
  child.unref();
  return child.pid;
}

function withoutAwsKeys(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const dropped =
    /^AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|SECURITY_TOKEN|CREDENTIAL_EXPIRATION|PROFILE|DEFAULT_PROFILE)$/i;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !dropped.test(name)));
}

/** What the caller named from its folder, which the worker leaves. */
function withAbsolutePaths(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const moved = ["SSO_CRED_TRACE", "NODE_EXTRA_CA_CERTS", "HOME"].filter((name) => env[name]);
  return { ...env, ...Object.fromEntries(moved.map((name) => [name, resolve(env[name] as string)])) };
}

/** One second for what is under way to end in order; then the process ends anyway. */
const UNWIND_MS = 1_000;

function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  process.once("SIGINT", () => {
    controller.abort(new SsoCredError("cancelled", "cancelled"));
    setTimeout(() => leave(130), UNWIND_MS).unref();
  });
  return controller.signal;
}

function sleepUnless(interrupted: AbortSignal, ms: number): Promise<void> {
  return new Promise((resolve, reject) => {
    if (interrupted.aborted) return reject(interrupted.reason);
    const end = () => {
      clearTimeout(timer);
      reject(interrupted.reason);
    };
    const timer = setTimeout(() => {
      interrupted.removeEventListener("abort", end);
      resolve();
    }, ms);
    interrupted.addEventListener("abort", end, { once: true });
  });
}
