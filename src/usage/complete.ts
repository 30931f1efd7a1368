import type { Config } from "../config/configFile.ts";
import { readValue } from "../config/option.ts";
import { readOurCommand } from "../config/ourCommand.ts";
import type { Role } from "../model.ts";
import { COMMANDS, commandUsage } from "./commandTable.ts";
import { COMPLETION_SHELLS } from "./completionScripts.ts";
import { type Flag, type Kind, MAIN_FLAGS, SHELLS } from "./flags.ts";

interface Candidate {
  readonly text: string;
  readonly help?: string;
}

const HELP: Flag = { name: "help", help: "how it is used" };
const VERSION: Flag = { name: "version", help: "print the version, with front, Node and platform" };
const COMMAND_WORDS = COMMANDS.map(({ name, summary }) => ({ text: name, help: summary }));
const WORDS: readonly Candidate[] = [
  ...COMMAND_WORDS,
  { text: "help", help: "how a command is used" },
  { text: "version", help: VERSION.help },
];

/** The candidates for the last of `words`, which stand behind the program's name. */
export function complete(words: readonly string[], config: Config | undefined): Candidate[] {
  const before = words.slice(0, -1);
  const current = words.at(-1) ?? "";
  // These words belong to the command that `exec` runs.
  if (before[0] === "exec" && before.includes("--")) return [];
  const command = commandUsage(before[0]);
  const flags: readonly Flag[] = command?.flags ?? MAIN_FLAGS;
  const given = readWords(command ? before.slice(1) : before, flags);

  const open = flags.find((flag) => flag.value !== undefined && before.at(-1) === `--${flag.name}`);
  if (open !== undefined) return matching(values(open.kind), current);
  const [, name = "", value] = /^--([\w-]+)=(.*)$/s.exec(current) ?? [];
  const filled = flags.find((flag) => flag.value !== undefined && flag.name === name);
  if (filled !== undefined) {
    const found = matching(values(filled.kind), value ?? "");
    return found.map(({ text }) => ({ text: `--${name}=${text}` }));
  }
  const flagCandidates = () => {
    const known = [...flags, HELP, ...(before.length === 0 ? [VERSION] : [])];
    return known
      .filter((flag) => !given.flags.has(flag.name) || flag.isRepeatable)
      .map((flag) => ({ text: `--${flag.name}`, help: flag.help }));
  };
  if (current.startsWith("-")) return matching(flagCandidates(), current);
  if (before.length === 0) return matching([...WORDS, ...values("session")], current);
  if (before[0] === "help") return matching(before.length === 1 ? values("command") : [], current);
  const expected = command && (command.words ?? "session");
  const takesWord =
    expected !== undefined &&
    (command?.name === "status" || given.words.length === 0) &&
    !given.flags.has("profile") &&
    !given.flags.has("sso-session");
  const found = takesWord ? matching(values(expected), current) : [];
  return found.length > 0 ? found : matching(flagCandidates(), current);

  function values(kind?: Kind): readonly Candidate[] {
    const found: Readonly<Record<Kind, () => readonly Candidate[]>> = {
      session: () => candidates(config?.sessionNames()),
      profile: () => candidates(config?.profileNames()),
      account: () => candidates(roles().map(({ accountId }) => accountId)),
      role: () => candidates(roles().map(({ roleName }) => roleName)),
      shell: () => candidates(SHELLS),
      completionShell: () => candidates(COMPLETION_SHELLS),
      command: () => COMMAND_WORDS,
    };
    return kind === undefined ? [] : found[kind]();
  }

  /** The roles in the profiles, of the named session and account if there are any. */
  function roles(): Role[] {
    const session = given.flags.get("sso-session") ?? given.words[0];
    return roleCandidates(config?.text ?? "", session, given.flags.get("account-id"));
  }
}

function readWords(words: readonly string[], flags: readonly Flag[]) {
  const found = { flags: new Map<string, string>(), words: [] as string[] };
  for (let at = 0; at < words.length; at++) {
    const [, name, value] = /^--([\w-]+)(?:=(.*))?$/s.exec(words[at] ?? "") ?? [];
    if (name === undefined) found.words.push(words[at] ?? "");
    else if (value !== undefined || flags.every((flag) => flag.name !== name || flag.value === undefined))
      found.flags.set(name, value ?? "");
    else if (at + 1 < words.length) found.flags.set(name, words[++at] ?? "");
  }
  return found;
}

function matching(candidates: readonly Candidate[], start: string): Candidate[] {
  return candidates.filter(({ text }) => text.startsWith(start));
}

function candidates(texts: readonly string[] = []): Candidate[] {
  return [...new Set(texts)].map((text) => ({ text }));
}

/** Headers, and the keys and values from which a profile's role can be read. */
const LINES =
  /^[ \t]*(?:\[|(credential_process|sso_session|sso_account_id|sso_role_name)[ \t]*[=:][ \t]*(.*))/gm;

/**
 * The accounts and roles that profiles name, for completion: those of the session and account, if
 * given. Searches for single lines, because parsing 1,000 profiles takes longer than a completion
 * may.
 */
export function roleCandidates(text: string, session?: string, account?: string): Role[] {
  const found: Role[] = [];
  let keys: Record<string, string> = {};
  const add = (ofSession?: string, accountId?: string, roleName?: string) => {
    if (!ofSession || !accountId || !roleName) return;
    if (ofSession !== (session ?? ofSession) || accountId !== (account ?? accountId)) return;
    found.push({ accountId, roleName });
  };
  const endSection = () => {
    add(keys.sso_session, keys.sso_account_id, keys.sso_role_name);
    keys = {};
  };
  for (const [, key, value = ""] of text.matchAll(LINES)) {
    if (key === undefined) {
      endSection();
    } else if (key !== "credential_process") {
      keys[key] = readValue(value, key);
    } else if (value.includes(session ?? "") && value.includes(account ?? "")) {
      const ours = readOurCommand(value);
      add(ours?.session, ours?.accountId, ours?.roleName);
    }
  }
  endSection();
  return found;
}
