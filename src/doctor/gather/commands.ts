import { execFile } from "node:child_process";
import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { posix, win32 } from "node:path";
import { isOurProgram, readOurCommand } from "../../config/ourCommand.ts";
import { commandLine } from "../../init/plan/command.ts";
import { attempt } from "../../platform/attempt.ts";
import { quotedProgram } from "../../platform/callerShell.ts";
import { installedFront, ownPath } from "../../platform/installation.ts";
import type { Environment, System } from "../../platform/system.ts";
import { shellWord, splitCommandLine } from "../../text/commandWords.ts";
import { type ConfigKey, type ConfigText, keyOf } from "../configFile.ts";
import type { CommandFacts } from "../facts.ts";

const VERSION_MS = 2_000;
/** A value meant to run sso-cred, by name or flags, up to the end of the program's name. */
const MEANT = /^.*?sso-cred(?:\.exe|\.cmd)?["']?(?=\s)|^\S+(?=\s.*--account-id[ =].*--role-name[ =])/i;

/** The distinct commands of all lines that run, or were meant to run, sso-cred. */
export async function gatherCommands(files: readonly ConfigText[], system: Environment) {
  const lines = files.flatMap(({ path, sections }) =>
    sections.flatMap((section) => {
      const key = section.kind === "profile" ? keyOf(section, "credential_process") : undefined;
      const command = key && programOf(key.value, system);
      if (command === undefined) return [];
      const { value, line } = key as ConfigKey;
      const splitsDifferently = isAmbiguous(value, command, system.platform);
      const isQuoted = system.platform === "win32" && value.startsWith('"');
      const where = `${path}:${line}`;
      return [{ command, value, where, splitsDifferently, isQuoted, profile: section.name }];
    }),
  );
  const distinct = Map.groupBy(lines, ({ command, value, splitsDifferently, isQuoted }) =>
    JSON.stringify([command, splitsDifferently, isQuoted, readOurCommand(value) !== undefined]),
  );
  return await Promise.all(
    [...distinct.values()].map(async (alike) => {
      const [{ profile, value, ...facts }] = alike as [(typeof lines)[0]];
      const located = locate(facts.command, system);
      const isRun = located.state === "runs" && !facts.splitsDifferently;
      return {
        ...facts,
        ...located,
        remedy: remedyFor(value, facts.command, located.state, system),
        profiles: alike.map((each) => each.profile),
        version: isRun ? await versionOf(facts.command, system) : undefined,
      };
    }),
  );
}

/**
 * The program of a line that runs sso-cred, or was meant to. Undefined for a line in which another
 * program starts it: `/usr/bin/env sso-cred …`.
 */
function programOf(value: string, system: Environment): string | undefined {
  const first = splitCommandLine(value)[0] ?? "";
  if (isOurProgram(first)) return first;
  const meant = MEANT.exec(value)?.[0];
  return meant !== undefined && locate(first, system).state !== "runs" ? meant : undefined;
}

/** `init --repair` skips bare names, and lines that do not run sso-cred for one role. */
function remedyFor(value: string, command: string, state: CommandFacts["state"], system: Environment) {
  const { platform } = system;
  const own = ownPath();
  if (readOurCommand(value) !== undefined) {
    // Where the drive keeps no short names, a repair would write the quotes again.
    if (platform === "win32" && value.startsWith('"') && own.includes(" "))
      return { fix: "put sso-cred on the PATH, then run sso-cred init --repair --command sso-cred" };
    if (/[/\\]/.test(command)) return { run: "sso-cred init --repair" };
    const path = platform === "win32" ? `"${own}"` : shellWord(own);
    const program = platform === "win32" ? quotedProgram(own, system) : path;
    const isFound = state === "runs" || state === "batch file";
    return { run: `${isFound ? "sso-cred" : program} init --repair --command ${path}` };
  }
  const rest = value.slice(MEANT.exec(value)?.[0].length ?? command.length);
  // Redirections and pipes are a shell's.
  const plain = rest.replace(/\s+(?:\d?[<>]|[|&;]).*$/s, "");
  const role = readOurCommand(`sso-cred${plain}`);
  const line = attempt(() => (role ? commandLine(own, role, platform) : own + plain));
  const otherwise = "put sso-cred on the PATH, and write sso-cred instead of the path";
  return { fix: line ? `write credential_process = ${line}` : otherwise };
}

/** True if shlex and a shell may read the line differently, or neither as it was meant. */
function isAmbiguous(value: string, command: string, platform: NodeJS.Platform): boolean {
  const special = platform === "win32" ? /[$`%&|<>()^!]/ : /[$`\\;&|<>()*?!#]/;
  const ours = readOurCommand(value);
  if (ours === undefined) return special.test(value) || splitCommandLine(value)[0] !== command;
  if (!special.test(value)) return false;
  return attempt(() => commandLine(ours.command, ours, platform) !== value, true);
}

function locate(command: string, { env, platform }: Environment): Pick<CommandFacts, "isAbsolute" | "state"> {
  const path = platform === "win32" ? win32 : posix;
  const isAbsolute = path.isAbsolute(command);
  const hasFolder = command.includes("/") || (platform === "win32" && command.includes("\\"));
  const folders = hasFolder ? [""] : (env.PATH ?? env.Path ?? "").split(path.delimiter);
  const endings = platform === "win32" ? ["", ".exe", ".cmd"] : [""];
  const statesWith = (ending: string) =>
    folders.map((folder) => stateOf((folder === "" ? "" : `${folder}/`) + command + ending));
  const states = endings.flatMap(statesWith);
  const isDenied = hasFolder && states.includes("not executable");
  if (!states.includes("runs")) return { isAbsolute, state: isDenied ? "not executable" : "missing" };
  // Without a shell, Windows adds .exe to a bare name and looks for nothing else (CreateProcess).
  const needsExe = platform === "win32" && !hasFolder && win32.extname(command) === "";
  return { isAbsolute, state: needsExe && !statesWith(".exe").includes("runs") ? "batch file" : "runs" };
}

function stateOf(file: string): CommandFacts["state"] {
  try {
    if (!statSync(file).isFile()) return "not executable";
    accessSync(file, constants.X_OK);
    return "runs";
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EACCES" ? "not executable" : "missing";
  }
}

/** The version that the program prints; undefined for this very file, and if none comes in time. */
async function versionOf(command: string, { env }: Pick<System, "env">): Promise<string | undefined> {
  if (isThisFile(command)) return undefined;
  const variables = { ...env } as NodeJS.ProcessEnv;
  const options = { timeout: VERSION_MS, env: variables, cwd: "/", windowsHide: true };
  const printed = new Promise<string>((resolve) => {
    execFile(command, ["--version"], options, (_error, stdout) => resolve(stdout));
  });
  // Some failures are thrown: a file that is being written, and on Windows a .cmd file.
  return /^sso-cred (\S+)/.exec(await printed.catch(() => ""))?.[1];
}

function isThisFile(command: string): boolean {
  return attempt(() => {
    const front = installedFront()?.path ?? process.execPath;
    const path = realpathSync.native(command);
    return [front, process.execPath].some((file) => realpathSync.native(file) === path);
  }, false);
}
