import { copyFile, mkdir, rm, symlink } from "node:fs/promises";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { runtime } from "../../scripts/build/runtime.ts";
import type { Home } from "../support/home.ts";
import { type OnTerminal, startOnTerminal } from "../support/pty.ts";
import type { RunResult } from "../support/run.ts";
import type { Call, Machine, Missing, StartOptions } from "./machine.ts";
import type { ConsoleOrder } from "./windowsConsole.ts";
import { startAgent } from "./windowsLink.ts";
import { openWine, type Wine } from "./wine.ts";

const SYSTEM = "C:\\windows";
const CMD = `${SYSTEM}\\system32\\cmd.exe`;
const DEADLINE_MS = 60_000;

/** libuv's flag for a file that nobody else may open at the same time (UV_FS_O_EXLOCK). */
const ALONE = 0x10000000;

export interface Windows extends Machine {
  /** Runs a program with an unchanged command line, like CreateProcess. */
  startLine(home: Home, line: string, options?: StartOptions): Call;
  /** Runs the executable on a console of its own. */
  startOnConsole(
    home: Home,
    args: readonly string[],
    options?: StartOptions & { isPiped?: boolean },
  ): OnTerminal;
  /** Opens a file, so that it cannot be replaced; `alone`: nor read. Returns what closes it. */
  hold(path: string, alone: boolean): Promise<() => Promise<void>>;
  removeFolder(path: string): Promise<void>;
  /** Node for Windows, by its Windows path. */
  readonly node: string;
  /** A path on this machine. */
  readonly nodeFile: string;
  /** The folder that is C:. */
  readonly drive: string;
}

/** `build` is called only if Wine is installed. */
export async function openWindows(build: () => Promise<string>): Promise<Windows | Missing> {
  const wine = await openWine();
  if ("missing" in wine) return wine;
  try {
    return await openAgent(wine, await build());
  } catch (error) {
    await wine.close();
    throw error;
  }
}

/** Drive Z is this machine's root folder. */
const onZ = (path: string) => `Z:${path.replaceAll("/", "\\")}`;
const script = (name: string) => onZ(fileURLToPath(new URL(name, import.meta.url)));

async function openAgent(wine: Wine, executable: string): Promise<Windows> {
  const nodeFile = await runtime("win-x64", () => {});
  const node = onZ(nodeFile);
  const folder = join(wine.drive, "Program Files/sso-cred");
  await mkdir(folder);
  await copyFile(executable, join(folder, "sso-cred.exe"));
  const agent = await startAgent(wine, [node, "--no-warnings", script("windowsAgent.ts")]);
  const windowsExecutable = "C:\\Program Files\\sso-cred\\sso-cred.exe";

  function environment(home: Home): Record<string, string> {
    return {
      SystemRoot: SYSTEM,
      windir: SYSTEM,
      SystemDrive: "C:",
      ComSpec: CMD,
      Path: `${SYSTEM}\\system32;${SYSTEM}`,
      PATHEXT: ".COM;.EXE;.BAT;.CMD",
      TEMP: `${SYSTEM}\\Temp`,
      TMP: `${SYSTEM}\\Temp`,
      USERPROFILE: profileOf(home),
    };
  }

  function start(
    home: Home,
    file: string,
    args: readonly string[],
    {
      env = {},
      cwd = profileOf(home),
      readerIsGone = false,
      verbatim = false,
    }: StartOptions & { verbatim?: boolean } = {},
  ): Call {
    const given = Object.entries({ ...environment(home), ...env });
    const set = given.filter((entry): entry is [string, string] => entry[1] !== undefined);
    const { id, done } = agent.ask({
      do: "start",
      file,
      args,
      env: Object.fromEntries(set),
      cwd,
      verbatim,
      readerIsGone,
    });
    const kill = () => void agent.ask({ do: "kill", of: id });
    const ended = Promise.race([done as Promise<RunResult>, endAfter(DEADLINE_MS, [file, ...args], kill)]);
    ended.catch(() => {});
    return { done: ended, kill };
  }

  return {
    name: "windows",
    title: `Windows 10 as ${wine.version} plays it`,
    executable: windowsExecutable,
    node,
    nodeFile,
    drive: wine.drive,
    named: onZ,
    browser: (home, log, visits) =>
      `${node} --no-warnings ${script("visitPage.ts")} ${profileOf(home)}\\${basename(log)} ${visits ? "visit" : "ignore"} %s`,
    start,
    startShell: (home, line, options) => start(home, CMD, ["/c", line], { ...options, verbatim: true }),
    startLine(home, line, options) {
      const [file = ""] = /^"[^"]*"|^\S+/.exec(line) ?? [];
      const rest = line.slice(file.length).trim();
      return start(home, file.replaceAll('"', ""), [rest], { ...options, verbatim: true });
    },
    startOnConsole(home, args, { env = {}, isPiped = false } = {}) {
      const given = { ...environment(home), ...env };
      const order = {
        file: windowsExecutable,
        args,
        env: given,
        cwd: profileOf(home),
        isPiped,
      } as ConsoleOrder;
      const words = [node, "--no-warnings", script("windowsConsole.ts")];
      return startOnTerminal(
        wine.program,
        [...words, Buffer.from(JSON.stringify(order)).toString("base64")],
        {
          env: wine.environment,
          columns: 150,
          deadlineMs: DEADLINE_MS,
        },
      );
    },
    async hold(path, alone) {
      await agent.ask({ do: "hold", path, flags: alone ? ALONE | 2 : 0 }).done;
      return async () => void (await agent.ask({ do: "release", path }).done);
    },
    removeFolder: async (path) => void (await agent.ask({ do: "removeFolder", path }).done),
    killProcess: async (pid) => void (await agent.ask({ do: "killProcess", pid }).done),
    async close() {
      agent.close();
      await wine.close();
    },
  };
}

async function endAfter(ms: number, words: readonly string[], kill: () => void): Promise<never> {
  await sleep(ms, undefined, { ref: false });
  kill();
  throw new Error(`Still running: ${words.join(" ")}`);
}

/** The folder of a home below C:'s users. */
export function profileOf(home: Home): string {
  return `C:\\users\\${basename(home.path)}`;
}

/** Makes a home one of the users' folders. Returns a function that removes it. */
export async function makeProfile(home: Home, { drive }: Windows): Promise<() => Promise<void>> {
  const link = join(drive, "users", basename(home.path));
  await symlink(home.path, link);
  return () => rm(link);
}
