import { onTestFinished } from "vitest";
import type { AssignedAccount } from "../identityCenter/accounts.ts";
import { binaryWorld, signedIn } from "./binaryWorld.ts";
import type { BrowserMode } from "./browser.ts";
import { KEYS, type OnTerminal, startBinaryOnTerminal, type TerminalOptions } from "./pty.ts";

const CONFIG = ".aws/config";

interface DeskSetup {
  config?: string;
  accounts?: AssignedAccount[];
  signedIn?: boolean;
  portalRequestsPerSecond?: number;
  /** Default: visit. */
  browser?: BrowserMode;
}

/** A person at a terminal who calls `init`. */
export async function desk({
  config,
  accounts,
  signedIn: isSignedIn = false,
  portalRequestsPerSecond,
  browser: mode,
}: DeskSetup = {}) {
  const world = await binaryWorld({
    config: config ?? null,
    center: { ...(accounts && { accounts }), portalRequestsPerSecond },
    ...(mode && { browser: mode }),
  });
  const { home, center, browser } = world;
  if (isSignedIn) await signedIn(world);
  return {
    home,
    center,
    browser,
    init: (args: string[] = [], options: TerminalOptions = {}) => {
      const wizard = startBinaryOnTerminal(["init", "--command", "sso-cred", ...args], {
        home,
        columns: 80,
        rows: 24,
        ...options,
        env: { ...world.options.env, ...options.env },
      });
      onTestFinished(() => wizard.kill());
      return wizard;
    },
    config: () => home.read(CONFIG),
  };
}

/** Waits for each text, then presses its keys. */
export async function answer(wizard: OnTerminal, steps: Steps): Promise<void> {
  for (const [shows, keys] of steps) {
    await wizard.waitFor(shows);
    wizard.type(keys);
  }
}

type Steps = [shows: string | RegExp, keys: string][];

/** The answers that describe a new session. */
export const NEW_SESSION: Steps = [
  ["SSO session name (Recommended):", `corp${KEYS.enter}`],
  ["SSO start URL [None]:", `d-1234567890${KEYS.enter}`],
  ["SSO region [None]:", `eu-west-1${KEYS.enter}`],
  ["SSO registration scopes", KEYS.enter],
];

/** Takes the default of each question about the profile. */
export const USUAL_PROFILE: [shows: string, keys: string][] = [
  ["Default client Region", KEYS.enter],
  ["CLI default output format", KEYS.enter],
  ["Profile name", KEYS.enter],
];
