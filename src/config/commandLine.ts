/** What a `credential_process` line that runs sso-cred asks for. */
export interface OurCommand {
  /** The first word: the executable as it is written there. */
  readonly command: string;
  readonly session: string;
  readonly accountId: string;
  readonly roleName: string;
}

/**
 * Splits a command line into words as the AWS CLI does before it runs a `credential_process`: POSIX quoting without
 * expansions, or the C runtime's rules when the line starts with a Windows path (`C:\…`, `\\…`). A quote that is
 * never closed runs to the end.
 */
export function splitCommandLine(text: string): string[] {
  return scanWords(text).words;
}

/** As {@link splitCommandLine}; undefined when a quote is never closed. */
export function splitQuoted(text: string): string[] | undefined {
  const { words, closed } = scanWords(text);
  return closed ? words : undefined;
}

/**
 * Recognises a `credential_process` value that runs sso-cred for one role; undefined for everything else, also for
 * ours with a flag that the main job does not have, or without account or role.
 */
export function readOurCommand(value: string): OurCommand | undefined {
  const words = splitCommandLine(value);
  const command = words[0];
  if (command === undefined || !isOurProgram(command)) return undefined;
  const flags = new Map<string, string>();
  const names: string[] = [];
  for (let at = 1; at < words.length; at++) {
    const word = words[at] as string;
    // sh and the JS SDK take an unquoted "# …" as a comment; what follows ";" is another command.
    if (word.startsWith("#") || word.startsWith(";")) break;
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
  const session = explicit ?? names[0];
  if (!accountId || !roleName || !session) return undefined;
  if (names.length > (explicit === undefined ? 1 : 0) || (explicit === undefined && session === "init")) {
    return undefined;
  }
  return { command, session, accountId, roleName };
}

function isOurProgram(command: string): boolean {
  const base = command.slice(Math.max(command.lastIndexOf("/"), command.lastIndexOf("\\")) + 1);
  return /^sso-cred(?:\.exe|\.cmd)?$/i.test(base);
}

function scanWords(text: string): { words: string[]; closed: boolean } {
  const line = text.trimStart();
  return /^"?(?:[a-z]:\\|\\\\)/i.test(line) ? scanWindows(line) : scanPosix(line);
}

function scanPosix(text: string): { words: string[]; closed: boolean } {
  const words: string[] = [];
  let word: string | undefined;
  let quote = "";
  for (let at = 0; at < text.length; at++) {
    const char = text[at] as string;
    if (quote === "'" || (quote === '"' && char !== "\\")) {
      if (char === quote) quote = "";
      else word = (word ?? "") + char;
    } else if (char === "\\") {
      const next = text[++at];
      // Within double quotes a backslash escapes only itself and the quote (shlex).
      const literal = quote === '"' && next !== '"' && next !== "\\";
      word = (word ?? "") + (literal ? char : "") + (next ?? (literal ? "" : char));
    } else if (char === "'" || char === '"') {
      quote = char;
      word ??= "";
    } else if (/\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? "") + char;
    }
  }
  if (word !== undefined) words.push(word);
  return { words, closed: quote === "" };
}

/** https://learn.microsoft.com/cpp/c-language/parsing-c-command-line-arguments */
function scanWindows(text: string): { words: string[]; closed: boolean } {
  const words: string[] = [];
  let word: string | undefined;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at] as string;
    if (char === "\\") {
      let end = at;
      while (text[end] === "\\") end++;
      const count = end - at;
      const beforeQuote = text[end] === '"';
      word = (word ?? "") + "\\".repeat(beforeQuote ? Math.floor(count / 2) : count);
      at = end - 1;
      if (beforeQuote && count % 2 === 1) {
        word += '"';
        at = end;
      }
    } else if (char === '"') {
      word ??= "";
      if (quoted && text[at + 1] === '"') {
        word += '"';
        at++;
      } else quoted = !quoted;
    } else if (!quoted && /\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? "") + char;
    }
  }
  if (word !== undefined) words.push(word);
  return { words, closed: !quoted };
}
