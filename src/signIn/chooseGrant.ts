import type { LoginMode, SsoSession } from "../model.ts";
import type { System } from "../platform/system.ts";

/** How a sign-in is to happen: which grant, and whether a browser can be opened here; `never` says why. */
export type GrantChoice = UsableGrant | { grant: "never"; why: string };

export interface UsableGrant {
  grant: "browser" | "device";
  browser: boolean;
}

type Environment = Pick<System, "env" | "platform">;

/** The choice for a main-job call, which must not surprise: see the table in test/unit/login/chooseGrant.test.ts. */
export function chooseGrant(session: SsoSession, system: Environment): GrantChoice {
  const { env } = system;
  const mode: LoginMode = session.login ?? "auto";
  const browser = hasBrowser(system);
  if (mode === "never") return { grant: "never", why: "signing in by itself is switched off (never)" };
  if (mode === "auto" && env.CI) return { grant: "never", why: "CI is set, so nobody is asked" };
  if (mode === "device" || session.name === null) return { grant: "device", browser };
  if (mode === "browser") return { grant: "browser", browser };
  if (isRemote(env) && !hasDisplay(env)) return { grant: "device", browser };
  if (browser) return { grant: "browser", browser };
  return { grant: "never", why: "there is no browser and no display here" };
}

/** The choice for `sso-cred login`: a person has asked, so there is always a way. */
export function chooseGrantForPerson(
  session: SsoSession,
  system: Environment,
  useDeviceCode: boolean,
): UsableGrant {
  const browser = hasBrowser(system);
  const asked = session.login === "never" ? undefined : session.login;
  if (useDeviceCode || session.name === null || asked === "device") return { grant: "device", browser };
  if (asked === "browser") return { grant: "browser", browser };
  const remote = isRemote(system.env) && !hasDisplay(system.env);
  return remote || !browser ? { grant: "device", browser } : { grant: "browser", browser };
}

export function isWsl(env: System["env"]): boolean {
  return Boolean(env.WSL_DISTRO_NAME || env.WSL_INTEROP);
}

function hasBrowser({ env, platform }: Environment): boolean {
  if (env.BROWSER) return true;
  if (isRemote(env) && !hasDisplay(env)) return false;
  return platform === "darwin" || platform === "win32" || isWsl(env) || hasDisplay(env);
}

function hasDisplay(env: System["env"]): boolean {
  return Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
}

/** Somebody else's screen: the browser here, if any, is not in front of the person. */
function isRemote(env: System["env"]): boolean {
  return Boolean(
    env.SSH_CONNECTION || env.SSH_TTY || env.CODESPACES || env.REMOTE_CONTAINERS || env.VSCODE_IPC_HOOK_CLI,
  );
}
