import { tokenFault } from "../cache/tokenCache.ts";
import { notSignedIn } from "../config/describeSession.ts";
import { SsoCredError } from "../errors.ts";
import type { SsoSession } from "../model.ts";
import { hasDisplay, isWsl } from "../platform/browser.ts";
import { meansOff } from "../platform/environment.ts";
import type { Environment, System } from "../platform/system.ts";

/** The grant, and whether a browser can be opened here; or `never`, with the reason. */
type GrantChoice = UsableGrant | { grant: "never"; why: string };

interface UsableGrant {
  grant: "browser" | "device";
  browser: boolean;
  /** If no browser opens or no socket can listen, the device grant continues. */
  deviceFallback?: true;
}

const IN_BROWSER: UsableGrant = { grant: "browser", browser: true, deviceFallback: true };
const WITH_CODE: UsableGrant = { grant: "device", browser: false };

/** The choice for the main job. test/unit/signIn/chooseGrant.test.ts has the table. */
export function chooseGrant(
  session: SsoSession,
  system: Environment & Pick<System, "terminal">,
): GrantChoice {
  const mode = session.login ?? "auto";
  if (mode === "never") return { grant: "never", why: "automatic sign-in is switched off (never)" };
  const isCi = system.env.CI && !meansOff(system.env.CI);
  if (mode === "auto" && isCi) return { grant: "never", why: "CI is set, so nobody is asked" };
  const choice = configuredGrant(session, system) ?? automaticGrant(system);
  if (choice) return choice;
  if (system.terminal()) return WITH_CODE;
  return { grant: "never", why: "there is neither a browser nor a terminal here" };
}

/**
 * The error if nobody may be asked; `why` gives the reason. If the system denies access to the
 * token file, the message names the command that changes that instead of a sign-in.
 */
export function cannotAsk(session: SsoSession, why: string, system: Environment): SsoCredError {
  const error = notSignedIn(session, why);
  const denied = tokenFault(session, system);
  if (!denied?.remedy?.run) return error;
  return new SsoCredError(error.kind, `${denied.fault}, so ${error.message}`, { remedy: denied.remedy });
}

/** The choice for `sso-cred login`: a person has asked for it, so there always is a grant. */
export function chooseGrantForPerson(
  session: SsoSession,
  system: Environment,
  useDeviceCode: boolean,
): UsableGrant {
  if (useDeviceCode) return { grant: "device", browser: hasBrowser(system) };
  return configuredGrant(session, system) ?? automaticGrant(system) ?? WITH_CODE;
}

/** The authorization code grant cannot produce a legacy profile's token. */
function configuredGrant(session: SsoSession, system: Environment): UsableGrant | undefined {
  const browser = hasBrowser(system);
  if (session.login === "device" || session.name === null) return { grant: "device", browser };
  return session.login === "browser" ? { grant: "browser", browser } : undefined;
}

function automaticGrant(system: Environment): UsableGrant | undefined {
  if (hasBrowser(system)) return IN_BROWSER;
  return isRemote(system.env) ? WITH_CODE : undefined;
}

function hasBrowser({ env, platform }: Environment): boolean {
  if (env.BROWSER) return true;
  if (isRemote(env)) return false;
  return platform === "darwin" || platform === "win32" || isWsl(env) || hasDisplay(env);
}

/**
 * True on a machine that the person reaches from another one. A display does not change that: it
 * may be forwarded (`ssh -X`), and the browser's response would go to 127.0.0.1 of the other
 * machine.
 */
export function isRemote(env: System["env"]): boolean {
  return Boolean(
    env.SSH_CONNECTION || env.SSH_TTY || env.CODESPACES || env.REMOTE_CONTAINERS || env.VSCODE_IPC_HOOK_CLI,
  );
}
