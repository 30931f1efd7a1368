import { hiddenCharacter, printable } from "../text/printable.ts";
import { nearest } from "../text/words.ts";
import { type NamedKind, readHeader } from "./ini.ts";
import { layOut, linesOf } from "./layout.ts";

/** The rest of a line after a key. Japanese keyboards also type a full-width equals sign. */
const NO_EQUALS = /^\s+[^\s=:]|^\s*[\uff1d\uff1a]/;

/** A section's header in the form that messages show. */
export function shownHeader(kind: NamedKind, name: string): string {
  return kind === "profile" && name === "default" ? "[default]" : `[${kind} ${printable(name)}]`;
}

/**
 * For a missing section: the line that was probably meant to be its header, as the end of a
 * sentence. Without a name, any section of the kind counts. Undefined if no line looks like it.
 */
export function misspeltSection(text: string, kind: NamedKind, name?: string): string | undefined {
  const named = new Map<string, number>();
  for (const { number, text: whole } of linesOf(text)) {
    const line = whole.trim();
    const header = readHeader(line, "config");
    if (header?.kind === kind) {
      if (!named.has(header.name)) named.set(header.name, number);
    } else if ((header?.kind ?? "other") === "other" && isMeantAs(line, kind, name)) {
      return `line ${number} has ${printable(line, 80)}, which should be ${shownHeader(kind, name ?? nameIn(line))}`;
    }
  }
  if (name === undefined) return undefined;
  const visible = (word: string) =>
    word.normalize("NFC").replace(/[\p{Cf}\p{Z}\p{Default_Ignorable_Code_Point}]/gu, "");
  const twin = [...named.keys()].find((other) => visible(other) === visible(name));
  const guess = twin ?? nearest(name, named.keys());
  if (guess === undefined) return undefined;
  const hidden = twin === undefined ? undefined : hiddenCharacter(twin);
  const line = named.get(guess);
  if (hidden !== undefined) return `line ${line} has it with a name whose ${hidden}`;
  if (twin?.normalize("NFC") === name.normalize("NFC")) {
    return `line ${line} has it with a name of other Unicode characters that look the same (NFC, NFD)`;
  }
  const extra = twin === undefined ? undefined : hiddenCharacter(name);
  if (extra !== undefined) return `${extra}; did you mean ${printable(guess)} (line ${line})?`;
  return `did you mean ${printable(guess)} (line ${line})?`;
}

/**
 * For a profile that is in neither file: the line of the credentials file that has a header as in
 * the config, as the end of a sentence. Undefined if there is none.
 */
export function headerForCredentials(text: string, name: string): string | undefined {
  for (const { number, text: whole } of linesOf(text)) {
    const line = whole.trim();
    // Reads the line as in the config, with and without the word "profile".
    const headers = [line, line.replace("[", "[profile ")].map((each) => readHeader(each, "config"));
    if (!headers.some((header) => header?.kind === "profile" && header.name === name)) continue;
    return `line ${number} has ${printable(line, 80)}, which should be [${printable(name)}]`;
  }
  return undefined;
}

/** Names missing keys, and the line that was probably meant to set one. */
export function withoutKeys(text: string, header: string, keys: readonly string[]): string {
  const slip = misspeltKey(text, header, keys);
  return `has no ${keys.join(" and no ")}${slip === undefined ? "" : `; ${slip}`}`;
}

/** For a missing key: the line that was probably meant to set it, as the end of a sentence. */
export function misspeltKey(text: string, header: string, keys: readonly string[]): string | undefined {
  for (const place of layOut(text)) {
    const { kind, name } = place.header;
    if ((kind !== "profile" && kind !== "sso-session") || shownHeader(kind, name) !== header) continue;
    for (const { number: below, text: whole } of linesOf(text.slice(place.start, place.bodyEnd))) {
      const line = whole.trim();
      const number = linesOf(text.slice(0, place.start)).length + below;
      const bare = keys.find((key) => line.startsWith(key) && NO_EQUALS.test(line.slice(key.length)));
      if (bare !== undefined) {
        const [wide] = /^[\uff1d\uff1a]/.exec(line.slice(bare.length).trim()) ?? [];
        return `line ${number} has ${bare} without an = after it${wide ? `; ${wide} is not =` : ""}`;
      }
      const word = /^([^=:#;[]+?)\s*[=:]/.exec(line)?.[1] ?? "";
      const guess = meantKey(word, keys, kind);
      if (guess !== undefined) return `line ${number} has ${shownKey(word)}: did you mean ${guess}?`;
    }
  }
  return undefined;
}

/** A key as messages show it, with the character in it that nobody sees. */
export function shownKey(key: string): string {
  const hidden = hiddenCharacter(key.replaceAll(" ", "_"));
  return `${printable(key, 80)}${hidden === undefined ? "" : ` (${hidden})`}`;
}

/** The key meant by `sso_start_ulr`, `sso start url`, `start_url` or `sso_start`. */
function meantKey(word: string, keys: readonly string[], kind: NamedKind): string | undefined {
  const plain = word.toLowerCase().replace(/[\s-]+/g, "_");
  // There, but with an empty value.
  if (keys.includes(word.toLowerCase())) return undefined;
  const near = keys.includes(plain) ? plain : nearest(plain, keys);
  if (near !== undefined) return near;
  // A profile may have a region of its own.
  const isOther = kind === "profile" && plain === "region";
  const whole = isOther ? undefined : keys.find((key) => key === `sso_${plain}`);
  return whole ?? (plain.length > 6 ? keys.find((key) => key.startsWith(plain)) : undefined);
}

/** The header probably meant by one that no client knows (`[profil dev]`), if it resembles one. */
export function meantHeader(header: string): string | undefined {
  const kind = (["sso-session", "profile"] as const).find((one) => isMeantAs(header, one));
  return kind && shownHeader(kind, nameIn(header));
}

/** True for `[dev]`, `[Profile dev]`, `[profile dev`, `[profile-dev]` for `[profile dev]`. */
export function isMeantAs(line: string, kind: NamedKind, name?: string): boolean {
  if (!/^[[({]|^[^[=:]*\]/.test(line)) {
    return line.startsWith(`${kind} `) && !/[=:]/.test(line) && (name === undefined || nameIn(line) === name);
  }
  const [first, rest] = wordsOf(line);
  if (rest === "") return first === name && /^[[({]/.test(line);
  const isKind = first === kind || nearest(first, [kind]) !== undefined || /^(?:sso|session)$/i.test(first);
  return isKind && (name === undefined || nameIn(line) === name);
}

function nameIn(line: string): string {
  return wordsOf(line)[1].replace(/^(["'])(.*)\1$/, "$2");
}

/** The kind and the name in a line that is meant as a header: those of `[profile-dev]`, too. */
function wordsOf(line: string): [first: string, rest: string] {
  const inside = line
    .replace(/[\])}].*$/, "")
    .replace(/[[({]/g, "")
    .trim();
  const [, kind, name = ""] = /^(profile|sso[-_\s]?session)(?:\s*[-_.:=/]\s*|\s+)(.+)$/i.exec(inside) ?? [];
  if (kind !== undefined) return [kind.toLowerCase().replace(/[_\s]/, "-"), name.trim()];
  const blank = inside.search(/\s|$/);
  return [inside.slice(0, blank), inside.slice(blank).trim()];
}
