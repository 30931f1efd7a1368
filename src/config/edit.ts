import { layOut, linesOf, type OptionPlace, type SectionPlace } from "./layout.ts";

export interface SectionName {
  readonly kind: "profile" | "sso-session";
  readonly name: string;
}

export type Entries = readonly (readonly [key: string, value: string])[];

export type ConfigEdit =
  /** Changes what the key has, in place; a key the section lacks goes after its last option. */
  | { readonly set: SectionName; readonly entries: Entries }
  /** Takes the keys out, their continuation lines too, wherever they are repeated. */
  | { readonly unset: SectionName; readonly keys: readonly string[] }
  /** Writes a new section at the end. */
  | { readonly add: SectionName; readonly entries: Entries }
  /** Takes the section out, wherever it is repeated, with its own comments. */
  | { readonly remove: SectionName };

/** Replaces `[start, end)`; `lines` are whole lines that need a line end before them. */
interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text?: string;
  readonly lines?: readonly string[];
  readonly isSection?: boolean;
}

/**
 * The text with the edits made and every other byte as it was: comments, order, blank lines, line ends, a byte
 * order mark. New lines end as their neighbours do. Pure.
 */
export function editConfig(text: string, edits: readonly ConfigEdit[]): string {
  const places = placesByName(text);
  const find = ({ kind, name }: SectionName) => places.get(`${kind} ${name}`) ?? [];
  const splices = edits.flatMap((edit): Splice[] => {
    if ("add" in edit) return [addition(text, edit.add, edit.entries)];
    if ("remove" in edit) return find(edit.remove).map(({ start, end }) => ({ start, end }));
    if ("unset" in edit) return unset(find(edit.unset), edit.keys);
    return set(text, find(edit.set), edit.entries);
  });
  return splice(text, splices);
}

/** Reads sections' own lines as they stand, a repeated section's one after the other; the text is laid out once. */
export function sectionLines(text: string): (section: SectionName) => string[] {
  const places = placesByName(text);
  return ({ kind, name }) =>
    (places.get(`${kind} ${name}`) ?? []).flatMap(({ start, ownEnd }) => {
      const own = text.slice(start, ownEnd);
      return linesOf(own).map((line) => own.slice(line.start, line.textEnd));
    });
}

/** Why edits have no certain place in a text, with the line's number from 1; undefined when they have. */
export function uneditable(text: string): { line: number; problem: string } | undefined {
  for (const [at, { start, textEnd }] of linesOf(text).entries()) {
    const line = text.slice(start, textEnd);
    if (line.includes("\0")) return { line: at + 1, problem: "holds a NUL byte" };
    if (/^\[[^\]]*$/.test(line))
      return { line: at + 1, problem: "opens a section with [ and does not close it" };
  }
  return undefined;
}

function placesByName(text: string): Map<string, SectionPlace[]> {
  return Map.groupBy(effective(layOut(text)), ({ header }) => `${header.kind} ${header.name}`);
}

/** `[profile default]` replaces `[default]` whole, so only the one that counts is edited. */
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
  const blanks = /^[^\S\r\n]*/.exec(text.slice(valueStart, valueEnd))?.[0].length ?? 0;
  const first = text.slice(valueStart, valueEnd).split(/[\r\n]/, 1)[0] ?? "";
  if (first.trim() === "") return { start: valueStart, end: valueEnd, text: ` ${oneLine(value)}` };
  return { start: valueStart + blanks, end: valueEnd, text: oneLine(value) };
}

function unset(places: readonly SectionPlace[], keys: readonly string[]): Splice[] {
  return places
    .flatMap((place) => place.options)
    .filter(({ key }) => keys.includes(key))
    .map(({ start, end }) => ({ start, end }));
}

function addition(text: string, { kind, name }: SectionName, entries: Entries): Splice {
  const header = kind === "profile" && name === "default" ? "[default]" : `[${kind} ${oneLine(name)}]`;
  const lines = [header, ...entries.map(([key, value]) => line(key, value))];
  return { start: text.length, end: text.length, lines, isSection: true };
}

function line(key: string, value: string): string {
  return `${key} = ${oneLine(value)}`;
}

/** The last guard: whatever a server sent, it cannot become a line of its own. */
function oneLine(value: string): string {
  if (!isOneLine(value)) throw new Error("a control character must not reach the config");
  return value;
}

/** Whether an edit may write it. */
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
    if (!isEmpty && isSection === true && !/(?:\r\n|\r(?!\n)|\n)[^\S\r\n]*(?:\r\n?|\n)$/.test(tail))
      push(lineEnd);
    push(lines.map((each) => each + lineEnd).join(""));
  }
  push(text.slice(at));
  return parts.join("");
}
