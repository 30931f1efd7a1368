import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type IdentityCenter,
  type IdentityCenterOptions,
  startIdentityCenter,
} from "../identityCenter/identityCenter.ts";
import { ACCOUNT, MAIN_JOB, putToken, SESSION } from "../stress/stage.ts";
import { type Home, makeHome, sessionSection, sha1, tokenPath } from "../support/home.ts";
import type { RunResult } from "../support/run.ts";
import type { Call, Machine, StartOptions } from "./machine.ts";
import { makeProfile, type Windows } from "./windows.ts";

export { ACCOUNT, MAIN_JOB, ROLE, SESSION } from "../stress/stage.ts";
export const TOKEN_FILE = tokenPath(SESSION);

export interface WorldOptions {
  /** The text of `~/.aws/config`; default: the session's section. */
  config?: string;
  center?: IdentityCenterOptions;
  /** What the browser does; default: visit the address. */
  browser?: "visit" | "ignore";
  env?: Record<string, string | undefined>;
}

/** A home on that machine, with an Identity Center on this one and a browser. */
export interface World<M extends Machine = Machine> {
  readonly machine: M;
  readonly home: Home;
  readonly center: IdentityCenter;
  /** The caller's environment, in addition to the machine's own. */
  readonly env: Readonly<Record<string, string | undefined>>;
  call(args: readonly string[], options?: StartOptions): Call;
  /** Runs the line that an SDK calls. */
  mainJob(env?: StartOptions["env"]): Promise<RunResult>;
  /** Signs in with a token that has so many seconds left. */
  signIn(secondsLeft: number): Promise<void>;
  /** Paths of the requests since the last call. */
  requests(): string[];
  /** The addresses that the browser was opened with. */
  opened(): string[];
  /** The pending sign-in of the session. */
  pendingLogin(): { pid: number; state: string } | undefined;
  close(): Promise<void>;
}

export async function openWorld<M extends Machine>(
  machine: M,
  options: WorldOptions = {},
): Promise<World<M>> {
  const home = await makeHome({
    config: options.config ?? sessionSection(SESSION),
    name: "sso-cred-platforms-",
  });
  const center = await startIdentityCenter({ servers: "separate", ...options.center });
  const leave =
    machine.name === "windows" ? await makeProfile(home, machine as unknown as Windows) : () => {};
  const log = join(home.path, "opened");
  const env = {
    ...center.env,
    BROWSER: machine.browser(home, log, options.browser !== "ignore"),
    SSO_CRED_WAIT: "45",
    ...options.env,
  };
  const world: World<M> = {
    machine,
    home,
    center,
    env,
    call: (args, given = {}) =>
      machine.start(home, machine.executable, args, { ...given, env: { ...env, ...given.env } }),
    mainJob: (given = {}) => world.call(MAIN_JOB, { env: given }).done,
    signIn: async (secondsLeft) => void (await putToken(home, center, SESSION, secondsLeft)),
    requests: () => center.requests.splice(0).map(({ path }) => path),
    opened: () => linesOf(log),
    pendingLogin() {
      const [line] = linesOf(join(home.path, `.aws/sso-cred/logins/${sha1(SESSION)}.json`));
      return line === undefined ? undefined : JSON.parse(line);
    },
    async close() {
      // The worker notices within a second that its sign-in was cancelled.
      if (world.pendingLogin()) await world.call(["logout", "--all"]).done.catch(() => {});
      await center.stop();
      await leave();
      await home.remove();
    },
  };
  return world;
}

function linesOf(path: string): string[] {
  try {
    return readFileSync(path, "utf8").split("\n").filter(Boolean);
  } catch {
    return [];
  }
}

/** Checks that a call gave what an SDK expects. */
export function expectDocument({ code, stdout, stderr }: RunResult, { center }: Pick<World, "center">): void {
  assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
  const { Version, AccountId, AccessKeyId } = JSON.parse(stdout);
  assert.deepEqual({ Version, AccountId }, { Version: 1, AccountId: ACCOUNT });
  assert.ok(center.state.roleKeys.has(AccessKeyId), "credentials that the portal has not given");
}

/** Checks a failure: one line says why, at most one more what to do; stdout is empty. */
export function expectFailure({ code, stdout, stderr }: RunResult, exit: number, says: RegExp): void {
  assert.deepEqual({ code, stdout }, { code: exit, stdout: "" }, stderr);
  assert.match(stderr, /^sso-cred: [^\n]+\n( {2}(run|open): [^\n]+\n)?$/);
  assert.match(stderr, says);
}
