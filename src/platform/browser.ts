import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { splitCommandLine } from "../text/commandWords.ts";
import type { System } from "./system.ts";

/** A browser command that runs on for this long has opened the page; many never return. */
const SETTLED_MS = 1_500;

type Environment = Pick<System, "env" | "platform">;

/**
 * Opens a page in the person's browser: the commands of BROWSER in turn, else the system's own way. Never through a
 * shell, never anything but http and https. False when nothing could be started.
 */
export async function openBrowser(url: string, system: Environment): Promise<boolean> {
  const { protocol } = new URL(url);
  if (protocol !== "https:" && protocol !== "http:") return false;
  for (const command of browserCommands(url, system)) {
    if (await start(command)) return true;
  }
  return false;
}

/** The commands to try, each as its words. */
export function browserCommands(url: string, { env, platform }: Environment): string[][] {
  const chosen = (env.BROWSER ?? "")
    .split(platform === "win32" ? ";" : ":")
    .map(splitCommandLine)
    .filter(([file]) => file)
    .map((words) => (words.some((word) => word.includes("%s")) ? fillIn(words, url) : [...words, url]));
  return [...chosen, ...systemCommands(url, { env, platform })];
}

function fillIn(words: readonly string[], url: string): string[] {
  return words.map((word) => word.replaceAll("%s", () => url));
}

function systemCommands(url: string, { env, platform }: Environment): string[][] {
  if (platform === "darwin") return [["open", url]];
  // By its path: a bare name is looked for in the current folder first.
  if (platform === "win32") {
    const folder = env.SystemRoot || "C:\\Windows";
    return [[`${folder}\\System32\\rundll32.exe`, "url.dll,FileProtocolHandler", url]];
  }
  if (env.WSL_DISTRO_NAME || env.WSL_INTEROP) {
    const windows = "/mnt/c/Windows/System32/rundll32.exe";
    return [[existsSync(windows) ? windows : "rundll32.exe", "url.dll,FileProtocolHandler", url]];
  }
  return env.DISPLAY || env.WAYLAND_DISPLAY ? [["xdg-open", url]] : [];
}

async function start(command: readonly string[]): Promise<boolean> {
  try {
    return await started(command);
  } catch {
    // Most failures are told by an event, some are thrown: on Windows a .cmd file, which only a shell could run.
    return false;
  }
}

function started([file = "", ...args]: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(file, args, { detached: true, stdio: "ignore", windowsHide: true, cwd: "/" });
    const settled = setTimeout(() => resolve(true), SETTLED_MS);
    child.once("error", () => {
      clearTimeout(settled);
      resolve(false);
    });
    child.once("exit", (code) => {
      clearTimeout(settled);
      resolve(code === 0);
    });
    child.unref();
  });
}
