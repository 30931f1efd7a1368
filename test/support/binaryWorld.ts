import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished } from "vitest";
import {
  type IdentityCenter,
  type IdentityCenterOptions,
  startIdentityCenter,
} from "../identityCenter/identityCenter.ts";
import { type BrowserMode, type FakeBrowser, makeBrowser } from "./browser.ts";
import {
  cacheRole,
  type Home,
  isoSeconds,
  makeHome,
  START_URL,
  sessionSection,
  sha1,
  tokenFile,
  tokenPath,
} from "./home.ts";
import { workersOf } from "./processes.ts";
import { type RunOptions, type RunResult, runBinary } from "./run.ts";

export const MAIN_JOB = ["corp", "--account-id", "123456789011", "--role-name", "ReadOnly"];

export interface BinaryWorld {
  readonly home: Home;
  readonly center: IdentityCenter;
  readonly browser: FakeBrowser;
  /** HOME, endpoints and BROWSER. */
  readonly options: RunOptions & { env: Record<string, string | undefined> };
  run(args?: readonly string[], env?: Record<string, string | undefined>): Promise<RunResult>;
  /** Waits until the session's pending login has this state, and returns it. */
  pending(state: string): Promise<PendingLogin>;
  /** Waits until no sign-in worker is left. */
  noWorker(): Promise<void>;
}

export interface PendingLogin {
  pid: number;
  state: string;
  url?: string;
  urlWithCode?: string;
  userCode?: string;
}

interface BinaryWorldOptions {
  /** Null: there is no config. */
  config?: string | null;
  browser?: BrowserMode;
  center?: IdentityCenterOptions;
  env?: Record<string, string | undefined>;
}

/** A home with the session `corp`, a local Identity Center and a browser. */
export async function binaryWorld(given: BinaryWorldOptions = {}): Promise<BinaryWorld> {
  const [home, center] = await Promise.all([
    makeHome(given.config === null ? {} : { config: given.config ?? sessionSection("corp") }),
    startIdentityCenter(given.center),
  ]);
  const browser = makeBrowser(home.path, given.browser);
  const env = { ...center.env, BROWSER: browser.command, ...given.env };
  const options = { home, env };
  const loginFile = join(home.path, `.aws/sso-cred/logins/${sha1("corp")}.json`);
  const readLogin = (): PendingLogin | undefined =>
    existsSync(loginFile) ? JSON.parse(readFileSync(loginFile, "utf8")) : undefined;

  onTestFinished(async () => {
    for (const pid of workersOf(home)) process.kill(pid, "SIGKILL");
    await center.stop();
    await home.remove();
  });
  return {
    home,
    center,
    browser,
    options,
    run: (args = MAIN_JOB, more = {}) => runBinary(args, { home, env: { ...env, ...more } }),
    pending: async (state) => {
      await expect.poll(() => readLogin()?.state).toBe(state);
      return readLogin() as PendingLogin;
    },
    noWorker: async () => {
      await expect.poll(() => workersOf(home)).toEqual([]);
    },
  };
}

/** Puts a valid token into the cache, as if another tool had signed in. Returns its secrets. */
export async function signedIn(
  { home, center }: Pick<BinaryWorld, "home" | "center">,
  differences: Record<string, unknown> = {},
  session = "corp",
): Promise<Record<string, unknown>> {
  const token = tokenFile({ startUrl: START_URL, region: "eu-west-1", ...center.signIn() });
  await home.write(tokenPath(session), { ...token, ...differences });
  return token;
}

/** A world where another tool has signed in. `differences`: fields of its token file. */
export async function signedInWorld(
  options: BinaryWorldOptions = {},
  differences: Record<string, unknown> = {},
): Promise<BinaryWorld> {
  const world = await binaryWorld(options);
  await signedIn(world, differences);
  return world;
}

/** Sets the token's expiry back, so that the next call refreshes it. */
export async function expireToken(home: Home, mode?: number): Promise<void> {
  const token = await home.readJson(tokenPath("corp"));
  await home.write(tokenPath("corp"), { ...token, expiresAt: isoSeconds(Date.now() - 1_000) }, mode);
}

/** A world with the credentials of the main job in the cache. */
export async function cachedWorld(): Promise<BinaryWorld> {
  const world = await binaryWorld();
  await cacheRole(world.home);
  return world;
}

/** Our files that must not exist while nothing is under way. */
export async function leftovers(home: Home): Promise<string[]> {
  const names = (await home.files(".aws")).map(({ path }) => path);
  return names.filter((name) => /\.tmp$|\/locks\/|\/logins\//.test(name));
}
