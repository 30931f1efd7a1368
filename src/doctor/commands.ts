import { execFile } from "node:child_process";
import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { posix, win32 } from "node:path";
import { isOurProgram, readOurCommand } from "../config/ourCommand.ts";
import { commandLine } from "../init/plan/command.ts";
import { attempt } from "../platform/attempt.ts";
import { quotedProgram } from "../platform/callerShell.ts";
import { installedFront, ownPath } from "../platform/installation.ts";
import type { Environment } from "../platform/system.ts";
import { VERSION } from "../platform/version.ts";
import { shellWord, splitCommandLine } from "../text/commandWords.ts";
import { printable } from "../text/printable.ts";
import { failingClients } from "./clients.ts";
import { type ConfigFiles, type ConfigKey, type ConfigSection, keyOf } from "./configFile.ts";
import { type Finding, finding as findingAt } from "./report.ts";

const VERSION_MS = 2_000;
/** A value meant to run sso-cred, by name or flags, up to the end of the program's name. */
const MEANT = /^.*?sso-cred(?:\.exe|\.cmd)?["']?(?=\s)|^\S+(?=\s.*--account-id[ =].*--role-name[ =])/i;

/** `batch file`: only cmd finds it. */
type State = "runs" | "batch file" | "missing" | "not executable";

/** Checks each distinct command once, for all the profiles that have it. */
export async function checkCommands({ config, credentials }: ConfigFiles, system: Environment) {
  const sections = [...config.sections, ...credentials.sections];
  const commands = sections.flatMap((section) => commandOf(section, system) ?? []);
  const distinct = Map.groupBy(commands, ({ command, value, splitsDifferently, isQuoted }) =>
    JSON.stringify([command, splitsDifferently, isQuoted, readOurCommand(value) !== undefined]),
  );
  const checks = await Promise.all([...distinct.values()].map((alike) => checkCommand(alike, system)));
  return { hasCommand: commands.length > 0, findings: checks.flat() };
}

type Command = NonNullable<ReturnType<typeof commandOf>>;

/** The command of a profile, if it runs, or was meant to run, sso-cred. */
function commandOf(section: ConfigSection, system: Environment) {
  const key = section.kind === "profile" ? keyOf(section, "credential_process") : undefined;
  const command = key && programOf(key.value, system);
  if (command === undefined) return undefined;
  const { value, where } = key as ConfigKey;
  return {
    command,
    value,
    where,
    profile: section.name,
    /** True if shlex and a shell (sh, on Windows cmd) read the line differently. */
    splitsDifferently: isAmbiguous(value, command, system.platform),
    isQuoted: system.platform === "win32" && value.startsWith('"'),
  };
}

async function checkCommand(alike: readonly Command[], system: Environment): Promise<Finding[]> {
  const [{ command, value, where, profile, splitsDifferently, isQuoted }] = alike as [Command];
  const more = alike.length > 1 ? ` and ${alike.length - 1} more` : "";
  const title = `${printable(command)}, the command of profile '${printable(profile)}'${more},`;
  const { isAbsolute, state } = locate(command, system);
  const remedy = remedyFor(value, command, state, system);
  const finding = (id: string, severity: Finding["severity"], what: string, why: string) =>
    findingAt(id, severity, where, { found: `${title} ${what}`, why, ...remedy });
  if (splitsDifferently) {
    const why =
      "the AWS CLI splits the line itself and expands no variables, the other clients pass it to a shell; quote spaces and write paths in full";
    return [finding("command-quoting", "error", "is read differently by different clients", why)];
  }
  if (/^~/.test(command)) {
    const why = `${failingClients("commandWithTilde")} run it without a shell, which would replace ~`;
    return [finding("command-tilde", "error", "begins with ~", why)];
  }
  if (state === "missing") {
    const what = /[/\\]/.test(command) ? "does not exist" : "is not in PATH";
    return [finding("command-missing", "error", what, "no client can run it")];
  }
  if (state === "not executable")
    return [finding("command-not-executable", "error", "cannot be executed", "no client can run it")];
  if (state === "batch file") {
    const why = "the AWS CLI and boto3 run it without a shell, which finds only sso-cred.exe";
    return [finding("command-not-executable", "error", "is in Path only as a batch file", why)];
  }
  const findings: Finding[] = [];
  if (!isAbsolute) {
    const path = system.platform === "win32" ? "Path" : "PATH";
    const why = `programs that are not started from your shell, like an IDE, may have another ${path}`;
    findings.push(finding("command-relative", "warning", "is not an absolute path", why));
  }
  if (isQuoted) {
    const why = "the SDK for Go, and so Terraform, cannot pass quotes to cmd";
    findings.push(finding("command-quoted", "warning", "is in quotes", why));
  }
  const version = await versionOf(command, system);
  if (version !== undefined && version !== VERSION) {
    const what = `is version ${printable(version)}, and this is ${VERSION}`;
    findings.push(finding("command-version", "warning", what, "your tools run that version, not this one"));
  }
  return findings;
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
function remedyFor(value: string, command: string, state: State, system: Environment) {
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

function locate(command: string, { env, platform }: Environment): { isAbsolute: boolean; state: State } {
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

function stateOf(file: string): State {
  try {
    if (!statSync(file).isFile()) return "not executable";
    accessSync(file, constants.X_OK);
    return "runs";
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EACCES" ? "not executable" : "missing";
  }
}

/** The version that the program prints; undefined for this very file, and if none comes in time. */
async function versionOf(command: string, { env }: Environment): Promise<string | undefined> {
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
