import { readFileSync } from "node:fs";
import {
  type IdentityCenter,
  type IdentityCenterOptions,
  startIdentityCenter,
} from "../identityCenter/identityCenter.ts";
import { type BrowserMode, type FakeBrowser, makeBrowser } from "../support/browser.ts";
import {
  type Home,
  makeHome,
  roleFile,
  rolePath,
  START_URL,
  sessionSection,
  tokenFile,
  tokenPath,
} from "../support/home.ts";
import { BINARY, type Running, type RunOptions, start } from "../support/run.ts";
import { endProcessesOf } from "./processes.ts";

export const SESSION = "my-sso";
export const ACCOUNT = "123456789011";
export const ROLE = "ReadOnly";
export const REGION = "eu-west-1";
/** The line that `init` writes. */
export const MAIN_JOB = [SESSION, "--account-id", ACCOUNT, "--role-name", ROLE];

/** A home, an Identity Center and a browser. */
export interface Stage {
  readonly home: Home;
  readonly center: IdentityCenter;
  readonly browser: FakeBrowser;
  readonly env: Readonly<Record<string, string>>;
  /** Runs any command of the program under test. */
  start(args: readonly string[], options?: StartOptions): Running;
  /** Runs the line that `init` writes. */
  call(options?: CallOptions): Running;
  /** Writes a token with a live refresh token, and an access token with so many seconds left. */
  signIn(secondsLeft: number, session?: string): Promise<Record<string, unknown>>;
  /** Writes role credentials that the stage's STS accepts, with so many seconds left. */
  cacheRole(secondsLeft: number, roleName?: string, session?: string): Promise<void>;
  close(): Promise<void>;
}

export interface StartOptions extends RunOptions {
  /** A prefix for the command: `unshare -m …`. */
  through?: readonly string[];
}

export interface CallOptions extends StartOptions {
  session?: string;
  accountId?: string;
  roleName?: string;
}

export interface StageOptions {
  center?: IdentityCenterOptions;
  browser?: BrowserMode;
  env?: Record<string, string>;
  /** Added to the emulator's own endpoint variables. */
  endpoints?: (center: IdentityCenter) => Record<string, string>;
}

export async function openStage(options: StageOptions = {}): Promise<Stage> {
  const home = await makeHome({ name: "sso-cred-stress-", config: sessionSection(SESSION) });
  const center = await startIdentityCenter({ servers: "separate", ...options.center });
  const browser = makeBrowser(home.path, options.browser ?? "visit");
  const endpoints = { ...center.env, ...options.endpoints?.(center) };
  const env = { ...endpoints, BROWSER: browser.command, SSO_CRED_WAIT: "40", ...options.env };

  function run(args: readonly string[], { through = [], ...runOptions }: StartOptions = {}): Running {
    const [file = "", ...rest] = [...through, BINARY, ...args];
    return start(file, rest, { home, ...runOptions, env: { ...env, ...runOptions.env } });
  }

  return {
    home,
    center,
    browser,
    env,
    start: run,
    call({ session = SESSION, accountId = ACCOUNT, roleName = ROLE, ...runOptions } = {}) {
      return run([session, "--account-id", accountId, "--role-name", roleName], runOptions);
    },
    signIn: (secondsLeft, session = SESSION) => putToken(home, center, session, secondsLeft),
    async cacheRole(secondsLeft, roleName = ROLE, session = SESSION) {
      const expiration = Math.floor(Date.now() / 1000 + secondsLeft) * 1000;
      const accessKeyId = `ASIA${Math.random().toString(36).slice(2, 14).toUpperCase().padEnd(16, "X")}`;
      const { Credentials, ...rest } = roleFile(expiration, ACCOUNT);
      const secrets = {
        secretAccessKey: Credentials.SecretAccessKey,
        sessionToken: Credentials.SessionToken,
      };
      center.state.roleKeys.set(accessKeyId, {
        accessKeyId,
        ...secrets,
        expiration,
        accountId: ACCOUNT,
        roleName,
      });
      await home.write(rolePath(session, ACCOUNT, roleName), {
        ...rest,
        Credentials: { ...Credentials, AccessKeyId: accessKeyId },
      });
    },
    async close() {
      await endProcessesOf(home.path);
      await center.stop();
      await home.remove();
    },
  };
}

/** Writes a token that this Identity Center has issued. Returns the content of its file. */
export async function putToken(home: Home, center: IdentityCenter, session: string, secondsLeft: number) {
  const token = { ...center.signIn(), expiresAt: Date.now() + secondsLeft * 1000 };
  const file = { startUrl: START_URL, region: REGION, ...tokenFile(token) };
  await home.write(tokenPath(session), file);
  return file;
}

/** Calls `work` with a stage, and closes it in any case. */
export async function onStage<T>(options: StageOptions, work: (stage: Stage) => Promise<T>): Promise<T> {
  const stage = await openStage(options);
  try {
    return await work(stage);
  } finally {
    await stage.close();
  }
}

/** True if the output is one whole document with credentials that the emulator knows. */
export function isGoodOutput(stdout: string, center: IdentityCenter): boolean {
  try {
    const document = JSON.parse(stdout);
    const known = center.state.roleKeys.get(document.AccessKeyId);
    return document.Version === 1 && known !== undefined && known.expiration > Date.now();
  } catch {
    return false;
  }
}

/** The JSON in a file; undefined if there is no file. Throws if it does not parse. */
export function jsonIn(path: string): Record<string, unknown> | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
  return JSON.parse(text);
}
