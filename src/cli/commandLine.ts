import type { System } from "../platform/system.ts";

type Command = (args: readonly string[], system: System) => Promise<number>;

/** The commands. Each is loaded when it is called, so the main job waits for none of them. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  init: async () => (await import("../commands/init.ts")).init,
  list: async () => (await import("../commands/list.ts")).list,
  login: async () => (await import("../commands/login.ts")).login,
  logout: async () => (await import("../commands/logout.ts")).logout,
  status: async () => (await import("../commands/status.ts")).status,
  doctor: async () => (await import("../commands/doctor.ts")).doctor,
  exec: async () => (await import("../commands/exec.ts")).exec,
  env: async () => (await import("../commands/env.ts")).env,
  console: async () => (await import("../commands/console.ts")).console,
  completion: async () => (await import("../commands/completion.ts")).completion,
};

export const COMMAND_NAMES: readonly string[] = Object.keys(COMMANDS);

/** The command that the line names; undefined for the main job and for an unknown word. */
export function commandOf(args: readonly string[]): (() => Promise<Command>) | undefined {
  const [word = ""] = args;
  return !isMainJob(args) && Object.hasOwn(COMMANDS, word) ? COMMANDS[word] : undefined;
}

/**
 * With both flags the first word is a session, whatever commands may be added later. `init` has
 * such flags itself. The commands that take a role have them too, so there the rule holds only for
 * a line with nothing else in it.
 */
export function isMainJob(args: readonly string[]): boolean {
  const [word = ""] = args;
  if (word === "init" || !has(args, "--account-id") || !has(args, "--role-name")) return false;
  return !ROLE_COMMANDS.has(word) || isBareLine(args.slice(1));
}

/** False if the first word can only be a command: two words, or none of the role's flags. */
export function canBeMainJob(args: readonly string[]): boolean {
  const [word = "", next = "-"] = args;
  return (
    word.startsWith("-") || (next.startsWith("-") && (has(args, "--account-id") || has(args, "--role-name")))
  );
}

function has(args: readonly string[], flag: string): boolean {
  return args.some((other) => other === flag || other.startsWith(`${flag}=`));
}

const ROLE_COMMANDS: ReadonlySet<string> = new Set(["exec", "env", "console"]);

/** True for `--account-id ID --role-name ROLE`, in any order and form, and nothing else. */
function isBareLine(words: readonly string[]): boolean {
  for (let at = 0; at < words.length; at++) {
    const [, value] = /^--(?:account-id|role-name)(=.*)?$/s.exec(words[at] ?? "") ?? [undefined, null];
    if (value === null) return false;
    if (value === undefined) at++;
  }
  return true;
}

export function asksFor(args: readonly string[], ...flags: string[]): boolean {
  const end = args.indexOf("--");
  return (end < 0 ? args : args.slice(0, end)).some((word) => flags.includes(word));
}
