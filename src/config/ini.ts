import { splitQuoted } from "../text/commandWords.ts";
import { continues, isIgnored, type Option, readOption, readValue } from "./option.ts";

/** The values of a section, by their keys in lower case. */
export type Keys = ReadonlyMap<string, string>;

/**
 * The dialect of `~/.aws/config` and `~/.aws/credentials`: the AWS CLI's (Python's
 * RawConfigParser), but more lenient where the CLI rejects a whole file or loses a section that the
 * SDKs for JavaScript or Go read:
 *
 * - a byte order mark, CR and CRLF, lines without delimiter, duplicate sections and keys (merged,
 *   last wins) are fine;
 * - a header may be indented and may be followed by text; a name may be quoted, and may contain
 *   spaces without quotes;
 * - `#` and `;` begin a comment at the start of a line and after white space, except in
 *   `credential_process`;
 * - an indented line continues the value above it, unless it looks like a key (`name = …`).
 *
 * Kept from the CLI: `:` is a delimiter too, keys are lower-cased, kinds and names are not,
 * `[DEFAULT]` is inherited by every section, `key =` followed by deeper lines is a nested map,
 * nothing is interpolated or unquoted in values.
 */
export interface Section {
  readonly kind: "profile" | "sso-session" | "services" | "other";
  readonly name: string;
  readonly keys: Keys;
  /** The keys that it has only from `[DEFAULT]`. */
  readonly inherited: ReadonlySet<string>;
  /** For each `key =` followed by indented `key = value` lines. */
  readonly nested: ReadonlyMap<string, Keys>;
}

export type ConfigFile = "config" | "credentials";

/** The kinds of sections that are looked up and edited by name. */
export type NamedKind = "profile" | "sso-session";

export interface SectionName {
  readonly kind: NamedKind;
  readonly name: string;
}

export interface Header {
  readonly kind: Section["kind"];
  readonly name: string;
  /** `[default]` as opposed to `[profile default]`, which replaces it whole. */
  readonly bare: boolean;
}

/** The same section as {@link parseConfig} returns, without parsing the others. */
export function findSection(text: string, file: ConfigFile, kind: Section["kind"], name: string) {
  // A quoted header may spell the name differently. Other headers without the name are skipped.
  const mayMatter = (line: string) => line.includes(name) || line.includes("DEFAULT") || /["'\\]/.test(line);
  const isWanted = (header: Header) => header.kind === kind && header.name === name;
  return parseConfig(text, file, mayMatter, isWanted).at(0);
}

/** The names of all profiles or sessions, in {@link parseConfig}'s order, without their bodies. */
export function sectionNames(text: string, file: ConfigFile, kind: NamedKind): string[] {
  const ids = new Map<string, string>();
  for (const { header } of blocks(normalize(text), file)) {
    if (header.kind === kind) ids.set(`${header.bare} ${header.name}`, header.name);
  }
  if (file === "config" && kind === "profile" && ids.has("false default")) ids.delete("true default");
  return [...ids.values()];
}

interface Draft extends Header {
  readonly keys: Map<string, string>;
  readonly nested: Map<string, Map<string, string>>;
}

/** Parses every section, or only the wanted ones, in the order of first appearance. */
export function parseConfig(
  text: string,
  file: ConfigFile,
  mayMatter?: (headerLine: string) => boolean,
  isWanted: (header: Header) => boolean = () => true,
): Section[] {
  const drafts = new Map<string, Draft>();
  const inherited: Draft = { kind: "other", name: "DEFAULT", bare: true, keys: new Map(), nested: new Map() };
  for (const { header, body } of blocks(normalize(text), file, mayMatter)) {
    if (header.kind === "other" && header.name === "DEFAULT") {
      readBody(body, inherited);
    } else if (isWanted(header)) {
      const id = `${header.kind} ${header.bare} ${header.name}`;
      const draft = drafts.get(id) ?? { ...header, keys: new Map(), nested: new Map() };
      drafts.set(id, draft);
      readBody(body, draft);
    }
  }
  if (file === "config" && drafts.has("profile false default")) drafts.delete("profile true default");
  return [...drafts.values()].map(({ kind, name, keys, nested }) => ({
    kind,
    name,
    keys: new Map([...inherited.keys, ...keys]),
    inherited: new Set([...inherited.keys.keys()].filter((key) => !keys.has(key))),
    nested: new Map([...[...inherited.nested].filter(([key]) => !keys.has(key)), ...nested]),
  }));
}

function normalize(text: string): string {
  const start = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  return start.includes("\r") ? start.replace(/\r\n?/g, "\n") : start;
}

/** Jumps from bracket to bracket, which costs little more than a text search. */
function* blocks(text: string, file: ConfigFile, mayMatter: (headerLine: string) => boolean = () => true) {
  let header: Header | undefined;
  let bodyStart = 0;
  let at = text.indexOf("[");
  while (at >= 0) {
    const lineStart = startOfLine(text, at);
    const newline = text.indexOf("\n", at);
    const lineEnd = newline < 0 ? text.length : newline;
    const line = lineStart === undefined ? "" : text.slice(lineStart, lineEnd);
    if (lineStart !== undefined && isHeader(line)) {
      if (header !== undefined) yield { header, body: text.slice(bodyStart, lineStart) };
      header = mayMatter(line) ? readHeader(line, file) : undefined;
      bodyStart = lineEnd + 1;
    }
    at = text.indexOf("[", lineEnd);
  }
  if (header !== undefined) yield { header, body: text.slice(bodyStart) };
}

/** The start of the bracket's line; undefined if anything but white space precedes the bracket. */
function startOfLine(text: string, bracket: number): number | undefined {
  let at = bracket;
  while (at > 0 && text[at - 1] !== "\n") {
    if ((text[at - 1] as string).trim() !== "") return undefined;
    at--;
  }
  return at;
}

/** True if the line begins a section. If it is not indented, the bracket may be unclosed. */
function isHeader(line: string): boolean {
  return line[0] === "[" || (line.includes("]") && line.trimStart()[0] === "[");
}

/**
 * Reads one line as a section header; undefined if it is not a header. A line that begins with an
 * unclosed `[` counts as a header of kind `other`, so that the keys below it don't end up in the
 * section above.
 */
export function readHeader(line: string, file: ConfigFile): Header | undefined {
  if (!isHeader(line)) return undefined;
  const text = line.trim();
  const end = closingBracket(text);
  if (end < 0) return { kind: "other", name: text, bare: true };
  const inside = text.slice(1, end).trim();
  if (file === "credentials") {
    return { kind: inside === "DEFAULT" ? "other" : "profile", name: inside, bare: true };
  }
  if (inside === "default") return { kind: "profile", name: "default", bare: true };
  const blank = inside.search(/\s/);
  const kind = blank < 0 ? "" : inside.slice(0, blank);
  if (kind !== "profile" && kind !== "sso-session" && kind !== "services") {
    return { kind: "other", name: inside, bare: true };
  }
  return { kind, name: unquote(inside.slice(blank).trim()), bare: false };
}

/** The last `]` before a comment. Quoted text is skipped. */
function closingBracket(text: string): number {
  const comment = text.search(/\s[#;]/);
  const end = comment < 0 ? text.lastIndexOf("]") : text.lastIndexOf("]", comment);
  return end > 0 ? end : text.lastIndexOf("]");
}

/** The AWS CLI reads names like shell words. Anything but a single word is taken literally. */
function unquote(name: string): string {
  if (!/["'\\]/.test(name)) return name;
  const words = splitQuoted(name);
  return words?.length === 1 && words[0] !== undefined ? words[0] : name;
}

function readBody(body: string, into: Draft): void {
  let current: Option | undefined;
  for (const line of body.split("\n")) {
    if (isIgnored(line)) continue;
    if (current !== undefined && continues(line, current)) {
      extend(current, line.trim(), into);
      continue;
    }
    const option = readOption(line);
    if (option === undefined) continue;
    into.keys.set(option.key, option.value);
    into.nested.delete(option.key);
    current = option;
  }
}

function extend(current: Option, text: string, into: Draft): void {
  const equals = current.value === "" ? text.indexOf("=") : -1;
  if (equals > 0) {
    const key = text.slice(0, equals).trim().toLowerCase();
    const map = into.nested.get(current.key) ?? new Map<string, string>();
    into.nested.set(current.key, map.set(key, readValue(text.slice(equals + 1), key)));
    return;
  }
  const before = into.keys.get(current.key);
  const value = readValue(` ${text}`, current.key);
  into.keys.set(current.key, before ? `${before}\n${value}` : value);
}
