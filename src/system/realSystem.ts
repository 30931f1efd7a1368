import { spawn } from "node:child_process";
import { resolve } from "node:path";
import { SsoCredError } from "../errors.ts";
import { writeFully } from "../writeFully.ts";
import { openBrowser } from "./browser.ts";
import { cleanEnvironment } from "./environment.ts";
import type { System } from "./system.ts";
import { openTerminal } from "./terminal.ts";
import { openTrace } from "./trace.ts";

/** A full pipe on stderr or stdout is waited for this long past the start. */
const WRITE_PATIENCE_MS = 50_000;

/** The program's surroundings as they are: this process, its timers, terminal and browser. Ctrl-C rejects every `sleep`. */
export function realSystem(): System {
  const { env, platform } = process;
  const startedAt = Math.round(Date.now() - process.uptime() * 1000);
  const trace = openTrace(env, startedAt);
  return {
    env,
    platform,
    startedAt,
    trace,
    now: Date.now,
    sleep: interruptibleSleep(),
    writeStdout: (text) => writeFully(1, text, startedAt + WRITE_PATIENCE_MS),
    writeStderr: (text) => writeFully(2, text, startedAt + WRITE_PATIENCE_MS),
    terminal: () => openTerminal(platform),
    openBrowser: (url) => openBrowser(url, { env, platform }),
    startDetached,
  };
}

/** The command line that runs this program: the executable, or Node with the source. */
export function programCommand(): string[] {
  const { isSea } = process.getBuiltinModule("node:sea");
  return isSea() ? [process.execPath] : [process.execPath, ...process.execArgv, process.argv[1] as string];
}

function startDetached(args: readonly string[]): void {
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

function interruptibleSleep(): System["sleep"] {
  const sleepers = new Set<(error: Error) => void>();
  let interrupted = false;
  const cancelled = () => new SsoCredError("cancelled", "cancelled");
  process.once("SIGINT", () => {
    interrupted = true;
    for (const reject of sleepers) reject(cancelled());
    setTimeout(() => process.exit(130), UNWIND_MS).unref();
  });
  return (ms) =>
    new Promise((resolve, reject) => {
      if (interrupted) return reject(cancelled());
      sleepers.add(reject);
      setTimeout(() => {
        sleepers.delete(reject);
        resolve();
      }, ms);
    });
}
