import { onTestFinished } from "vitest";
// Loaded before the clock runs: the program would load it in the middle of a run.
import "../../src/identityCenter/oidcSdk.ts";
import "../../src/identityCenter/portalSdk.ts";
import { runCli } from "../../src/cli/cli.ts";
import { runLoginWorker } from "../../src/signIn/worker/loginWorker.ts";
import { type IdentityCenterOptions, startIdentityCenter } from "../identityCenter/identityCenter.ts";
import { fakeClock } from "./fakeClock.ts";
import { type FakeSystem, type FakeSystemOptions, fakeSystem } from "./fakeSystem.ts";
import { makeHome, sessionSection, sha1 } from "./home.ts";

export const MAIN_JOB = ["corp", "--account-id", "123456789011", "--role-name", "ReadOnly"];

export interface WorldOptions {
  config?: string;
  center?: IdentityCenterOptions;
  /** For every caller and worker; default: a display, so that `auto` chooses the browser. */
  env?: Record<string, string>;
  /** What the workers' browsers do; default: visit. */
  browser?: NonNullable<FakeSystemOptions["browser"]>;
}

export interface Call {
  code: number;
  stdout: string;
  stderr: string;
  /** The text on the terminal device. */
  shown: string;
  /** How long it took by the world's clock. */
  ms: number;
}

export interface CallOptions {
  env?: Record<string, string | undefined>;
  platform?: NodeJS.Platform;
  terminal?: string;
  /** Called by each `sleep`, which throws its error. Simulates Ctrl-C. */
  onSleep?: () => void;
}

export type SignInWorld = Awaited<ReturnType<typeof signInWorld>>;

export const loginPath = (session = "corp") => `.aws/sso-cred/logins/${sha1(session)}.json`;

/** One home, one Identity Center and one clock. Workers run in this process. */
export async function signInWorld(options: WorldOptions = {}) {
  // File times come from the real clock.
  const clock = fakeClock(Math.floor(Date.now() / 1000) * 1000);
  const [home, center] = await Promise.all([
    makeHome({ config: options.config ?? sessionSection("corp") }),
    startIdentityCenter({ now: clock.now, ...options.center }),
  ]);
  const env = { DISPLAY: ":0", ...options.env, ...center.env, ...home.env };
  const workers: FakeSystem[] = [];
  const running = new Set<Promise<void>>();
  let killed = false;

  function startWorker([, key = "", id = ""]: readonly string[]): void {
    const system = fakeSystem({ env, clock, browser: options.browser ?? "visit" });
    workers.push(system);
    if (killed) return;
    const run = runLoginWorker(key, id, system).finally(() => running.delete(run));
    running.add(run);
  }
  /** Waits until no worker runs and all visited pages have responded. */
  async function settled(): Promise<string[]> {
    while (running.size > 0) await Promise.all(running);
    return (await Promise.all(workers.map((worker) => worker.visits()))).flat();
  }
  onTestFinished(async () => {
    await center.stop();
    await home.remove();
  });
  return {
    home,
    center,
    clock,
    /** The systems of the workers that were started. */
    workers,
    settled,
    /** Advances the clock until a condition holds. */
    until: async (condition: () => boolean) => {
      while (!condition()) await clock.sleep(50);
    },
    /** Workers are recorded but not run, as if the system had ended them. */
    killWorkers: (yes: boolean) => {
      killed = yes;
    },
    /** Runs a command line to its end. */
    call: async (
      args: readonly string[] = MAIN_JOB,
      { env: own, platform, terminal, onSleep }: CallOptions = {},
    ): Promise<Call> => {
      const system = fakeSystem({
        env: { ...env, ...own },
        clock,
        ...(platform === undefined ? {} : { platform }),
        ...(terminal === undefined ? {} : { terminal }),
        startDetached: startWorker,
      });
      const { sleep } = system;
      system.sleep = async (ms) => {
        onSleep?.();
        return sleep(ms);
      };
      const began = clock.now();
      const code = await runCli(args, system);
      const { stdout, stderr, shown } = system;
      return { code, stdout, stderr, shown, ms: clock.now() - began };
    },
    /** The URLs that workers have opened. */
    opened: () => workers.flatMap((worker) => worker.opened),
    /** The names of the files under ~/.aws/sso-cred/, without attempts and locks. */
    traces: async () => {
      const files = await home.files(".aws/sso-cred");
      return files
        .map(({ path }) => path.replace(".aws/sso-cred/", ""))
        .filter((path) => !/^attempts\//.test(path));
    },
    /** Content of the session's pending login. */
    pending: async (session?: string) =>
      (await home.exists(loginPath(session))) ? home.readJson(loginPath(session)) : undefined,
  };
}

/** The document on standard output. */
export const credentialsOf = ({ stdout }: Call) => JSON.parse(stdout) as Record<string, unknown>;
