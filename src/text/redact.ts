import { printable } from "./printable.ts";

const SECRET_NAME =
  /token|secret|password|verifier|accesskey|devicecode|usercode|authorization|cookie|credential/i;
/** Long runs of the characters that tokens and keys consist of. */
const SECRET_RUN = /[A-Za-z0-9+/=_~-]{20,}/g;
const FILE_NAME = /^[0-9a-f]{40}$/;
/** `GetRoleCredentials`, `sso-cred`: a capital begins a word. Unambiguous, so linear in time. */
const WORDS = /^(?:[a-z]{2,})?(?:[A-Z]+[a-z]{2,}|[_-](?:[a-z]{2,})?)*$/;
const LOWER_CASE = /^[a-z0-9_-]*$/;
const KEY_ID = /\bA[KS]IA[A-Z0-9]+/g;
const USER_CODE = /\b[A-Z]{4}-[A-Z]{4}\b/g;

/** Formats a value for the trace: short, on one line, with everything secret masked. */
export function masked(name: string, value: unknown): string {
  if (SECRET_NAME.test(name)) return "***";
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? String(value));
  return printable(maskedText(text), 600);
}

/** Longer texts are cut: not all patterns are linear. */
const MOST_CHARACTERS = 8_192;

/** Masks query strings, key ids, user codes, long random runs. Names of cache files stay. */
export function maskedText(text: string): string {
  return (
    text
      .slice(0, MOST_CHARACTERS)
      .replace(secretField(), '$1"***"')
      // To the last @ before the path: a password may hold one.
      .replace(/(?<![a-z])([a-z]+:\/\/)[^\s/]*@/gi, "$1***@")
      .replace(/\?[^\s"']+/g, "?***")
      .replace(KEY_ID, "***")
      .replace(USER_CODE, "***")
      .replace(SECRET_RUN, (run) => (run.split(/[/=]/).every(isPlain) ? run : "***"))
  );
}

/** A line of a config for a message: without the value of a key for secrets, or a secret alone. */
export function shownLine(line: string): string {
  const [word = ""] = line.split(/[\s=:]/, 1);
  return SECRET_NAME.test(word.replaceAll("_", "")) ? `${printable(word, 60)} ***` : maskedText(line);
}

/** A proxy for a message, without its user name and password, in whatever form it is written. */
export function shownProxy(value: string): string {
  const end = value.lastIndexOf("@");
  const [scheme = ""] = /^[a-z][a-z0-9+.-]*:\/\//i.exec(value) ?? [];
  return maskedText(end < 0 ? value : `${scheme}***${value.slice(end)}`);
}

/** JSON fields with the name of a secret, and their values. */
function secretField(): RegExp {
  return new RegExp(`("\\w*(?:${SECRET_NAME.source})\\w*"\\s*:\\s*)"[^"]*"`, "gi");
}

/** Base64 contains slashes: if one part of a path looks random, the whole run is masked. */
function isPlain(part: string): boolean {
  if (part.length <= 2 || FILE_NAME.test(part) || WORDS.test(part)) return true;
  return LOWER_CASE.test(part) && (part.length < 20 || !/[0-9]/.test(part));
}
