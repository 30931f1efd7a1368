import type { SectionName } from "./ini.ts";
import { layOut, linesOf, type OptionPlace, SET_ASIDE, type SectionPlace } from "./layout.ts";
import { isIgnored } from "./option.ts";

type Entries = readonly (readonly [key: string, value: string])[];

export type ConfigEdit =
  /** Changes values in place. A missing key is added after the last option of the section. */
  | { readonly set: SectionName; readonly entries: Entries }
  /** Writes a new section at the end. */
  | { readonly add: SectionName; readonly entries: Entries }
  /** Removes the section and its comments, including repeated sections of the same name. */
  | { readonly remove: SectionName }
  /** Comments the keys out with a marker, and inserts the entries before the first of them. */
  | { readonly setAside: SectionName; readonly keys: readonly string[]; readonly entries: Entries }
  /**
   * The inverse of `setAside`: removes the keys with their continuation lines, and uncomments the
   * marked lines. With entries, these replace both.
   */
  | { readonly restore: SectionName; readonly keys: readonly string[]; readonly entries?: Entries };

/** Replaces `[start, end)`; `lines` are whole lines that need a line end before them. */
interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text?: string;
  readonly lines?: readonly string[];
  readonly isSection?: boolean;
}

/**
 * Applies the edits and keeps every other byte: comments, order, blank lines, line ends, byte order
 * mark. New lines get the line end of their neighbours.
 */
export function editConfig(text: string, edits: readonly ConfigEdit[]): string {
  const places = placesByName(text);
  const find = ({ kind, name }: SectionName) => places.get(`${kind} ${name}`) ?? [];
  const splices = edits.flatMap((edit): Splice[] => {
    if ("add" in edit) return [addition(text, edit.add, edit.entries)];
    if ("remove" in edit) return find(edit.remove).map(({ start, end }) => ({ start, end }));
    if ("setAside" in edit) return setAside(text, find(edit.setAside), edit.keys, edit.entries);
    if ("restore" in edit) return restore(text, find(edit.restore), edit.keys, edit.entries);
    return set(text, find(edit.set), edit.entries);
  });
  return splice(text, splices);
}

export function editedSection(edit: ConfigEdit): SectionName {
  if ("add" in edit) return edit.add;
  if ("remove" in edit) return edit.remove;
  if ("set" in edit) return edit.set;
  return "restore" in edit ? edit.restore : edit.setAside;
}

/** Parses the text once. The lines of repeated sections are joined. */
export function sectionLines(text: string): (section: SectionName) => string[] {
  const places = placesByName(text);
  return ({ kind, name }) =>
    (places.get(`${kind} ${name}`) ?? []).flatMap(({ start, ownEnd }) =>
      linesOf(text.slice(start, ownEnd)).map((line) => line.text),
    );
}

/** Reads the lines that were set aside in a section, with their markers removed. */
export function setAsideLines(text: string, section: SectionName): string[] {
  return sectionLines(text)(section)
    .filter((line) => line.startsWith(SET_ASIDE))
    .map((line) => line.slice(SET_ASIDE.length));
}

/** The first line, counted from 1, that makes edits ambiguous or is not part of a config. */
export function uneditable(text: string): { line: number; problem: string } | undefined {
  let stray: number | undefined;
  for (const { number, text: line } of linesOf(text)) {
    if (line.includes("\0")) return { line: number, problem: "holds a NUL byte" };
    const problem = "starts a section with [ and does not close it";
    if (/^\[[^\]]*$/.test(line)) return { line: number, problem };
    if (!isIgnored(line)) stray ??= number;
  }
  if (stray === undefined || /^\s*\[/m.test(text)) return undefined;
  return { line: stray, problem: "is in no section, and no line starts one" };
}

function placesByName(text: string): Map<string, SectionPlace[]> {
  return Map.groupBy(effective(layOut(text)), ({ header }) => `${header.kind} ${header.name}`);
}

/** `[profile default]` replaces `[default]` entirely, so only the effective one is edited. */
function effective(places: readonly SectionPlace[]): SectionPlace[] {
  const isDefault = ({ header }: SectionPlace) => header.kind === "profile" && header.name === "default";
  const replaced = places.some((place) => isDefault(place) && !place.header.bare);
  return places.filter((place) => !(replaced && isDefault(place) && place.header.bare));
}

function set(text: string, places: readonly SectionPlace[], entries: Entries): Splice[] {
  const options = places.flatMap((place) => place.options);
  const last = places.at(-1);
  if (last === undefined) throw new Error("a section that is not there cannot be changed");
  const splices: Splice[] = [];
  const added: string[] = [];
  for (const [key, value] of entries) {
    const option = options.findLast((found) => found.key === key);
    if (option === undefined) added.push(line(key, value));
    else splices.push(replacement(text, option, value));
  }
  return added.length === 0
    ? splices
    : [...splices, { start: last.bodyEnd, end: last.bodyEnd, lines: added }];
}

function replacement(text: string, { valueStart, valueEnd }: OptionPlace, value: string): Splice {
  const [first = ""] = text.slice(valueStart, valueEnd).split(/[\r\n]/, 1);
  const content = first.trimStart();
  if (content === "") return { start: valueStart, end: valueEnd, text: ` ${oneLine(value)}` };
  return { start: valueStart + first.length - content.length, end: valueEnd, text: oneLine(value) };
}

function setAside(text: string, places: readonly SectionPlace[], keys: readonly string[], entries: Entries) {
  const options = places.flatMap((place) => place.options).filter(({ key }) => keys.includes(key));
  const [first] = options;
  if (first === undefined) throw new Error("keys that are not there cannot be set aside");
  const marks = options.flatMap(({ start, end }) =>
    linesOf(text.slice(start, end)).map((line) => insertion(start + line.start, SET_ASIDE)),
  );
  return [insertion(first.start, linesLike(text, first, entries)), ...marks];
}

function restore(
  text: string,
  places: readonly SectionPlace[],
  keys: readonly string[],
  entries: Entries | undefined,
): Splice[] {
  const removed = places.flatMap((place) => place.options).filter(({ key }) => keys.includes(key));
  const marked = places.flatMap(({ start, bodyEnd }) =>
    linesOf(text.slice(start, bodyEnd))
      .filter((line) => line.text.startsWith(SET_ASIDE))
      .map((line) => ({
        start: start + line.start,
        end: start + (entries === undefined ? line.start + SET_ASIDE.length : line.end),
        text: "",
      })),
  );
  const [first] = removed;
  const lines = first === undefined || entries === undefined ? "" : linesLike(text, first, entries);
  return [
    ...removed.map((option, at) => ({ start: option.start, end: option.end, text: at === 0 ? lines : "" })),
    ...marked,
  ];
}

/** Copies indent and line end, so that no line continues another. */
function linesLike(text: string, { start, end }: OptionPlace, entries: Entries): string {
  const indent = /^[^\S\r\n]*/.exec(text.slice(start, end))?.[0] ?? "";
  const lineEnd = /\r\n?|\n/.exec(text.slice(start, end))?.[0] ?? /\r\n?|\n/.exec(text)?.[0] ?? "\n";
  return entries.map(([key, value]) => indent + line(key, value) + lineEnd).join("");
}

function insertion(at: number, text: string): Splice {
  return { start: at, end: at, text };
}

function addition(text: string, { kind, name }: SectionName, entries: Entries): Splice {
  const header = kind === "profile" && name === "default" ? "[default]" : `[${kind} ${oneLine(name)}]`;
  const lines = [header, ...entries.map(([key, value]) => line(key, value))];
  return { start: text.length, end: text.length, lines, isSection: true };
}

function line(key: string, value: string): string {
  return `${key} = ${oneLine(value)}`;
}

/** The last check against a line break in text from a server. */
function oneLine(value: string): string {
  if (!isOneLine(value)) throw new Error("a control character must not reach the config");
  return value;
}

/** True for text that an edit may write: no control characters and no line separators. */
export function isOneLine(value: string): boolean {
  return !/[\p{Cc}\u2028\u2029]/u.test(value);
}

function splice(text: string, splices: readonly Splice[]): string {
  const usual = /\r\n?|\n/.exec(text)?.[0] ?? "\n";
  const parts: string[] = [];
  let tail = "";
  const push = (part: string) => {
    parts.push(part);
    tail = (tail + part).slice(-4);
  };
  let at = 0;
  for (const { start, end, text: replaced, lines, isSection } of splices.toSorted(
    (a, b) => a.start - b.start,
  )) {
    push(text.slice(at, start));
    at = end;
    if (replaced !== undefined) push(replaced);
    if (lines === undefined) continue;
    const lineEnd = /(?:\r\n?|\n)$/.exec(tail)?.[0] ?? usual;
    const isEmpty = tail === "" || tail === "\ufeff";
    if (!isEmpty && !/[\r\n]$/.test(tail)) push(lineEnd);
    const isAfterBlank = /(?:\r\n|\r(?!\n)|\n)[^\S\r\n]*(?:\r\n?|\n)$/.test(tail);
    if (!isEmpty && isSection === true && !isAfterBlank) push(lineEnd);
    push(lines.map((each) => each + lineEnd).join(""));
  }
  push(text.slice(at));
  return parts.join("");
}
