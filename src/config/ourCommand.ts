import type { NamedRole } from "../model.ts";
import { splitUntilComment } from "../text/commandWords.ts";

/** The parts of a `credential_process` line that runs sso-cred. */
export interface OurCommand extends NamedRole {
  /** The first word: the executable as the line names it. */
  readonly command: string;
}

/**
 * Parses a `credential_process` value that runs sso-cred for one role. Undefined for everything
 * else, including lines of ours with an unknown flag, or without account or role.
 */
export function readOurCommand(value = ""): OurCommand | undefined {
  const words = readWords(value);
  if (words === undefined || words.others.length > 0 || words.sessions.length !== 1) return undefined;
  const { command, flags, sessions } = words;
  const [accountId, roleName, session] = [flags.get("--account-id"), flags.get("--role-name"), sessions[0]];
  if (!accountId || !roleName || !session || flags.has("--profile")) return undefined;
  if (session === "init" && !flags.has("--sso-session")) return undefined;
  return { command, session, accountId, roleName };
}

/** The profile that a line of ours names: `sso-cred --profile NAME`. */
export function readOurProfile(value = ""): string | undefined {
  return readWords(value)?.flags.get("--profile");
}

/** What prevents a line that runs sso-cred from naming a role; undefined for any other line. */
export function ourCommandFault(value = ""): string | undefined {
  const words = readWords(value);
  if (words === undefined || readOurCommand(value) !== undefined) return undefined;
  const { flags, others, sessions } = words;
  const unknown = others.find((flag) => !NAMES.includes(flag) && flag !== "--json");
  if (unknown !== undefined) return `has the unknown flag ${unknown}`;
  if (flags.has("--profile")) return undefined;
  if (sessions.length === 0) return "names no session";
  if (sessions.length > 1) return `names more than one session: ${sessions.join(", ")}`;
  const missing = ["--account-id", "--role-name"].filter((flag) => !flags.get(flag));
  return missing.length === 0 ? undefined : `has no ${missing.join(" and no ")}`;
}

/** The flags of the main job that take a value. */
const NAMES = ["--account-id", "--role-name", "--sso-session", "--profile"];

/** Undefined for a line that does not run sso-cred. */
function readWords(value: string) {
  const words = splitUntilComment(value);
  const command = words[0];
  if (command === undefined || !isOurProgram(command)) return undefined;
  const flags = new Map<string, string>();
  const names: string[] = [];
  const others: string[] = [];
  for (let at = 1; at < words.length; at++) {
    const word = words[at] as string;
    if (!word.startsWith("-")) {
      names.push(word);
      continue;
    }
    const equals = word.indexOf("=");
    const flag = equals < 0 ? word : word.slice(0, equals);
    const argument = !NAMES.includes(flag) ? undefined : equals < 0 ? words[++at] : word.slice(equals + 1);
    if (argument === undefined) others.push(flag);
    else flags.set(flag, argument);
  }
  const explicit = flags.get("--sso-session");
  return {
    command,
    /** The known flags and their values. */
    flags,
    sessions: explicit === undefined ? names : [explicit, ...names],
    /** Unknown flags, and flags without their value. */
    others,
  };
}

/** True for the path of an executable with this program's name. */
export function isOurProgram(command: string): boolean {
  const base = command.slice(Math.max(command.lastIndexOf("/"), command.lastIndexOf("\\")) + 1);
  return /^sso-cred(?:\.exe|\.cmd)?$/i.test(base);
}
