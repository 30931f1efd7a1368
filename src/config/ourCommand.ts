import type { Role } from "../model.ts";
import { splitUntilComment } from "../text/commandWords.ts";

/** The parts of a `credential_process` line that runs sso-cred. */
export interface OurCommand extends Role {
  /** The first word: the executable as the line names it. */
  readonly command: string;
  readonly session: string;
}

/**
 * Recognises a `credential_process` value that runs sso-cred for one role. Undefined for everything
 * else, including lines of ours with an unknown flag, or without account or role.
 */
export function readOurCommand(value = ""): OurCommand | undefined {
  const words = splitUntilComment(value);
  const command = words[0];
  if (command === undefined || !isOurProgram(command)) return undefined;
  const flags = new Map<string, string>();
  const names: string[] = [];
  for (let at = 1; at < words.length; at++) {
    const word = words[at] as string;
    if (!word.startsWith("-")) {
      names.push(word);
      continue;
    }
    const equals = word.indexOf("=");
    const flag = equals < 0 ? word : word.slice(0, equals);
    if (flag !== "--account-id" && flag !== "--role-name" && flag !== "--sso-session") return undefined;
    const argument = equals < 0 ? words[++at] : word.slice(equals + 1);
    if (argument === undefined) return undefined;
    flags.set(flag, argument);
  }
  const accountId = flags.get("--account-id");
  const roleName = flags.get("--role-name");
  const explicit = flags.get("--sso-session");
  const [session, ...others] = explicit === undefined ? names : [explicit, ...names];
  if (!accountId || !roleName || !session || others.length > 0) return undefined;
  if (explicit === undefined && session === "init") return undefined;
  return { command, session, accountId, roleName };
}

/** True for the path of an executable that is named like this program. */
export function isOurProgram(command: string): boolean {
  const base = command.slice(Math.max(command.lastIndexOf("/"), command.lastIndexOf("\\")) + 1);
  return /^sso-cred(?:\.exe|\.cmd)?$/i.test(base);
}
