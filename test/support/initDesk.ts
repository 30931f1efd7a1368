import { onTestFinished } from "vitest";
import type { AssignedAccount } from "../identityCenter/accounts.ts";
import { startIdentityCenter } from "../identityCenter/identityCenter.ts";
import { type BrowserMode, makeBrowser } from "./browser.ts";
import { makeHome, START_URL, tokenFile, tokenPath } from "./home.ts";
import { type OnTerminal, startBinaryOnTerminal, type TerminalOptions } from "./pty.ts";

const CONFIG = ".aws/config";

export interface DeskSetup {
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
  signedIn = false,
  portalRequestsPerSecond,
  browser: mode,
}: DeskSetup = {}) {
  const home = await makeHome(config === undefined ? {} : { config });
  const center = await startIdentityCenter({ ...(accounts && { accounts }), portalRequestsPerSecond });
  const browser = makeBrowser(home.path, mode);
  onTestFinished(async () => {
    await center.stop();
    await home.remove();
  });
  if (signedIn) {
    const token = tokenFile({ startUrl: START_URL, region: "eu-west-1", ...center.signIn() });
    await home.write(tokenPath("corp"), token);
  }
  const env = { ...center.env, BROWSER: browser.command };
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
        env: { ...env, ...options.env },
      });
      onTestFinished(() => wizard.kill());
      return wizard;
    },
    config: () => home.read(CONFIG),
  };
}

/** Waits for each text, then presses the keys that belong to it. */
export async function answer(
  wizard: OnTerminal,
  steps: [shows: string | RegExp, keys: string][],
): Promise<void> {
  for (const [shows, keys] of steps) {
    await wizard.waitFor(shows);
    wizard.type(keys);
  }
}

/** The line that `init` writes. */
export const profile = (name: string, accountId: string, roleName: string) =>
  [
    `[profile ${name}]`,
    `credential_process = sso-cred corp --account-id ${accountId} --role-name ${roleName}`,
    "region = eu-west-1",
    "output = json",
    "",
  ].join("\n");
