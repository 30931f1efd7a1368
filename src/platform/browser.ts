import { spawn } from "node:child_process";
import { constants, existsSync, openSync, readdirSync, readFileSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { splitCommandLine } from "../text/commandWords.ts";
import { attempt, closing } from "./attempt.ts";
import { browserEnvironment } from "./browserEnvironment.ts";
import type { Environment, System } from "./system.ts";

/** An opener that runs for this long counts as successful, because many never return. */
const SETTLED_MS = 1_500;
const WINDOWS_RUNDLL = "/mnt/c/Windows/System32/rundll32.exe";
/** Openers whose exit code is meaningless: Explorer's is 1 even after success. */
const ALWAYS_EXITS_1 = /(?:^|[\\/])explorer(?:\.exe)?$/i;
/** The formats that Linux runs with an interpreter (kernel.org, binfmt-misc). */
const HANDLERS = "/proc/sys/fs/binfmt_misc";

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

/**
 * True for a Windows program, given by its path or found on PATH, that WSL cannot start because
 * interop is off or systemd has removed the handler (github.com/microsoft/WSL/issues/8843).
 * execvp(3) does not report that, but lets sh run the file as a script.
 */
function lacksHandler(program: string, path = ""): boolean {
  if (process.platform !== "linux") return false;
  const candidates = program.includes("/")
    ? [program]
    : path.split(":").map((folder) => join(folder, program));
  const file = candidates.find((candidate) => attempt(() => statSync(candidate).isFile(), false));
  return file !== undefined && isWindowsProgram(file) && !handlesWindowsPrograms();
}

function isWindowsProgram(file: string): boolean {
  return attempt(() => {
    const start = Buffer.alloc(2);
    closing(openSync(file, constants.O_RDONLY | constants.O_NONBLOCK), (fd) => readSync(fd, start));
    return start.toString("latin1") === "MZ";
  }, false);
}

function handlesWindowsPrograms(): boolean {
  const handlers = attempt(() => readdirSync(HANDLERS), []);
  return handlers.some((name) => {
    const text = attempt(() => readFileSync(join(HANDLERS, name), "latin1"), "");
    return /^enabled$/m.test(text) && /^magic 4d5a/m.test(text);
  });
}
