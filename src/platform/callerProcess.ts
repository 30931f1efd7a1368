import { readFileSync, readlinkSync } from "node:fs";
import { basename, dirname } from "node:path";
import { printable } from "../text/printable.ts";
import { words } from "../text/words.ts";
import { attempt } from "./attempt.ts";
import { processStat } from "./processIdentity.ts";

const SHELLS = new Set(words("sh bash dash zsh ash ksh mksh fish csh tcsh nu pwsh"));
/** Commands that only start the one that the person named. */
const WRAPPERS = new Set(["sudo", "doas", "su", "env", "nohup", "setsid", "time", "timeout", "xargs"]);
/** Programs that sessions run under. A terminal multiplexer is never the caller. */
const ROOTS =
  /^(tmux|tmate|screen|zellij|dtach|abduco|shpool|wezterm-mux|mosh-server|sshd|login|systemd|init|launchd)\b/i;
/** Options of shells that take the next word as their value. */
const TAKES_VALUE = new Set(["--init-file", "--rcfile", "-o", "+o", "-O", "+O"]);
const MOST_ANCESTORS = 32;

interface Ancestor {
  pid: number;
  /** The kernel's name of the command. */
  name: string;
  args: readonly string[];
}

/**
 * The program that asked for credentials, as `aws (process 4711)`: the one that a person started at
 * an interactive shell, or the nearest one if there is no such shell. Undefined if the person
 * called us directly, and on systems other than Linux, where finding out is expensive.
 */
export function callerProcess(platform: NodeJS.Platform): string | undefined {
  return platform === "linux" ? nameCaller(ancestors()) : undefined;
}

/** `callerProcess` for these ancestors, nearest first. */
export function nameCaller(chain: Iterable<Ancestor>): string | undefined {
  const programs: string[] = [];
  for (const ancestor of chain) {
    if (ROOTS.test(ancestor.name) || isInteractiveShell(ancestor)) return programs.at(-1);
    const name = programName(ancestor);
    if (name !== undefined) programs.push(`${printable(name, 40)} (process ${ancestor.pid})`);
  }
  return programs[0];
}

/** The callers' folders, where the system tells. PyInstaller names its own in the environment. */
export function callerFolders(env: Readonly<NodeJS.ProcessEnv>, platform: NodeJS.Platform): string[] {
  const named = [env._PYI_APPLICATION_HOME_DIR, env._MEIPASS2];
  const programs = platform === "linux" ? [...ancestors()].map(({ pid }) => `/proc/${pid}/exe`) : [];
  const found = programs.map((path) => attempt(() => dirname(readlinkSync(path))));
  return [...named, ...found].filter((folder) => folder && folder !== "/") as string[];
}

/** The processes above this one, nearest first. */
function* ancestors(): Generator<Ancestor> {
  let pid = process.ppid;
  for (let count = 0; count < MOST_ANCESTORS && pid > 1; count++) {
    const name = read(`/proc/${pid}/comm`).trim();
    if (name === "") return;
    yield { pid, name, args: read(`/proc/${pid}/cmdline`).split("\0").slice(0, -1) };
    pid = Number(processStat(pid)[1]);
  }
}

/** Names a shell by its script. A shell without a script has no name: it runs a command. */
function programName({ name, args }: Ancestor): string | undefined {
  if (WRAPPERS.has(name)) return undefined;
  if (!SHELLS.has(name)) return name;
  const script = operandOf(args);
  return script === undefined || runsCommand(args) ? undefined : basename(script);
}

function isInteractiveShell({ name, args }: Ancestor): boolean {
  return SHELLS.has(name) && !runsCommand(args) && operandOf(args) === undefined;
}

/** True for `sh -c COMMAND`. */
function runsCommand(args: readonly string[]): boolean {
  return args.slice(1).some((word) => /^-[a-z]*c$/.test(word));
}

function operandOf(args: readonly string[]): string | undefined {
  return args.find((word, at) => at > 0 && !/^[-+]/.test(word) && !TAKES_VALUE.has(args[at - 1] ?? ""));
}

function read(path: string): string {
  return attempt(() => readFileSync(path, "utf8"), "");
}
