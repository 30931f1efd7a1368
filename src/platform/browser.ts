import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { splitCommandLine } from "../text/commandWords.ts";
import { browserEnvironment } from "./browserEnvironment.ts";
import type { Environment, System } from "./system.ts";
import { lacksHandler } from "./windowsProgram.ts";

/** An opener that runs for this long counts as successful, because many never return. */
const SETTLED_MS = 1_500;
const WINDOWS_RUNDLL = "/mnt/c/Windows/System32/rundll32.exe";
/** Openers whose exit code is meaningless: Explorer's is 1 even after success. */
const ALWAYS_EXITS_1 = /(?:^|[\\/])explorer(?:\.exe)?$/i;

export function isWsl(env: System["env"]): boolean {
  return Boolean(env.WSL_DISTRO_NAME || env.WSL_INTEROP);
}

export function hasDisplay(env: System["env"]): boolean {
  return Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
}

/**
 * Opens a page in the person's browser: tries the commands of BROWSER in turn, or else the system's
 * own. Never uses a shell, and opens only http and https. False if no opener could be started.
 */
export async function openBrowser(url: string, system: Environment): Promise<boolean> {
  const { protocol } = new URL(url);
  if (protocol !== "https:" && protocol !== "http:") return false;
  const env = browserEnvironment(system.env, system.platform);
  for (const command of browserCommands(url, system)) {
    // Node throws for some failures, such as a .cmd file on Windows, which only a shell can run.
    if (await started(command, env).catch(() => false)) return true;
  }
  return false;
}

/** The commands to try, each as a list of words. */
export function browserCommands(url: string, system: Environment): string[][] {
  const given = (system.env.BROWSER ?? "").split(system.platform === "win32" ? ";" : ":");
  const chosen = given.map(splitCommandLine).filter(([file]) => file);
  const filled = chosen.map((words) => {
    const withUrl = words.some((word) => word.includes("%s")) ? words : [...words, "%s"];
    return withUrl.map((word) => word.replaceAll("%s", () => url));
  });
  const commands = [...filled, ...systemCommands(url, system)];
  return commands.filter(([file = ""]) => !lacksHandler(file, system.env.PATH));
}

function systemCommands(url: string, { env, platform }: Environment): string[][] {
  if (platform === "darwin") return [["open", url]];
  // Uses the full path, because Windows looks for a bare name in the current folder first.
  if (platform === "win32") {
    const folder = env.SystemRoot || "C:\\Windows";
    return [[`${folder}\\System32\\rundll32.exe`, "url.dll,FileProtocolHandler", url]];
  }
  const desktop = hasDisplay(env) ? [["xdg-open", url]] : [];
  if (!isWsl(env)) return desktop;
  // Tries the Windows side first. If interop is off, a browser in Linux may work, which WSLg shows.
  const rundll = existsSync(WINDOWS_RUNDLL) ? WINDOWS_RUNDLL : "rundll32.exe";
  return [[rundll, "url.dll,FileProtocolHandler", url], ["wslview", url], ...desktop];
}

function started([file = "", ...args]: readonly string[], env: NodeJS.ProcessEnv): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(file, args, { detached: true, stdio: "ignore", windowsHide: true, cwd: "/", env });
    const settled = setTimeout(() => resolve(true), SETTLED_MS);
    child.once("error", () => {
      clearTimeout(settled);
      resolve(false);
    });
    child.once("exit", (code) => {
      clearTimeout(settled);
      resolve(code === 0 || (code === 1 && ALWAYS_EXITS_1.test(file)));
    });
    child.unref();
  });
}
