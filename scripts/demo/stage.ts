import { readdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { readIdentity, readStateFile } from "../../src/cache/stateFile.ts";
import { attempt } from "../../src/platform/attempt.ts";
import { processState } from "../../src/platform/processIdentity.ts";
import { type IdentityCenter, startIdentityCenter } from "../../test/identityCenter/identityCenter.ts";
import { makeBrowser } from "../../test/support/browser.ts";
import { type Home, makeHome } from "../../test/support/home.ts";
import { type OnTerminal, startOnTerminal } from "../../test/support/pty.ts";
import { type Running, type RunResult, start } from "../../test/support/run.ts";
import { root } from "../toolchain.mjs";
import { readmeConfig } from "./readmeConfig.ts";

export interface StageOptions {
  /** The path of sso-cred. */
  executable: string;
  /**
   * Use the person's own browser instead of a script. The demo opens the page when `tabs` shows an
   * address.
   */
  ownBrowser: boolean;
}

/**
 * The environment of the demo: a local Identity Center, a home with the README's config, a browser.
 */
export interface Stage extends StageOptions {
  readonly center: IdentityCenter;
  readonly home: Home;
  /** The README's config. */
  readonly config: string;
  /** How long a sign-in may take. */
  readonly signInMs: number;
  /** A program's whole environment except HOME. */
  readonly env: Readonly<Record<string, string>>;
  /** The addresses that the browser was opened with, oldest first. */
  tabs(): string[];
  /** Runs a program in the home with a bare environment and a time limit. */
  run(file: string, args: readonly string[], env?: Record<string, string>): Promise<RunResult>;
  /** Runs sso-cred in the same way. */
  call(args: readonly string[], env?: Record<string, string>): Promise<RunResult>;
  /** Runs sso-cred on a terminal with a person, as wide as the page. */
  onTerminal(args: readonly string[]): OnTerminal;
  /** Ends everything that was started, and removes the home. */
  close(): Promise<void>;
}

const RUN_MS = 90_000;
/** Time for a person to look at the page. */
const PERSON_SECONDS = 300;

export async function openStage({ executable, ownBrowser }: StageOptions): Promise<Stage> {
  const config = await readmeConfig(executable);
  const home = await makeHome({ name: "sso-cred-demo-" });
  const center = await startIdentityCenter({ consent: ownBrowser ? "page" : "auto" });
  // The person opens the page in their own environment: a browser must not write into this home.
  const browser = makeBrowser(home.path, ownBrowser ? "ignore" : "visit");
  const running = new Set<Running>();
  const terminals: OnTerminal[] = [];
  const bareEnvironment = {
    ...center.env,
    PATH: searchPath(process.env),
    BROWSER: browser.command,
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_PAGER: "",
    ...(ownBrowser ? { SSO_CRED_WAIT: String(PERSON_SECONDS) } : {}),
  };

  const signInMs = ownBrowser ? PERSON_SECONDS * 1000 : 20_000;
  const deadlineMs = RUN_MS + signInMs;

  async function run(
    file: string,
    args: readonly string[],
    env: Record<string, string> = {},
  ): Promise<RunResult> {
    const child = start(file, args, { home, env: { ...bareEnvironment, ...env }, deadlineMs });
    running.add(child);
    try {
      return await child.done;
    } finally {
      running.delete(child);
    }
  }

  return {
    executable,
    ownBrowser,
    center,
    home,
    config,
    signInMs,
    env: bareEnvironment,
    tabs: browser.opened,
    run,
    call: (args, env) => run(executable, args, env),
    onTerminal(args) {
      const terminal = startOnTerminal(executable, args, {
        home,
        env: { ...bareEnvironment, NO_COLOR: "1" },
        columns: 76,
        deadlineMs,
      });
      terminals.push(terminal);
      return terminal;
    },
    async close() {
      for (const terminal of terminals) terminal.kill();
      const ended = [...running].map((child) => {
        child.killGroup();
        return child.done.catch(() => {});
      });
      await Promise.all(ended);
      endSignIns(home);
      await center.stop();
      await home.remove();
    },
  };
}

/** The caller's PATH, without the entries of this repository. */
export function searchPath(env: NodeJS.ProcessEnv): string {
  const folders = (env.PATH ?? "/usr/bin:/bin").split(delimiter);
  return folders.filter((folder) => folder && !folder.startsWith(join(root, "node_modules"))).join(delimiter);
}

/** The worker outlives its caller; the state file names its process. */
function endSignIns(home: Home): void {
  const folder = `${home.path}/.aws/sso-cred/logins`;
  const files = attempt(() => readdirSync(folder), []).filter((name) => name.endsWith(".json"));
  for (const name of files) {
    const worker = readIdentity(readStateFile(`${folder}/${name}`));
    if (worker && processState(worker) === "alive") process.kill(worker.pid);
  }
}
