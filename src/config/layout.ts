import { type Header, readHeader } from "./ini.ts";

/** Begins each line that was commented out to be restored later; such lines stay with their section. */
export const SET_ASIDE = "#sso-cred# ";

/** The position of one `key = value`, as offsets into the text. A value includes its continuation lines. */
export interface OptionPlace {
  /** Lower-cased, as readers compare it. */
  readonly key: string;
  readonly start: number;
  /** Directly after the delimiter. */
  readonly valueStart: number;
  /** The end of the last line that belongs to the value, its line end excluded. */
  readonly valueEnd: number;
  /** As `valueEnd`, line end included. */
  readonly end: number;
}

export interface SectionPlace {
  readonly header: Header;
  readonly start: number;
  /** Where a new key goes: after the last option or stray line, else after the header line. */
  readonly bodyEnd: number;
  /** The end of the section's own lines: `bodyEnd`, plus comments that follow without a blank line. */
  readonly ownEnd: number;
  /** `ownEnd` and the blank lines that follow. */
  readonly end: number;
  readonly options: readonly OptionPlace[];
}

export interface Line {
  readonly start: number;
  /** Line end excluded. */
  readonly textEnd: number;
  /** Line end included. */
  readonly end: number;
}

/** The lines of a text with LF, CRLF or CR line ends, without the byte order mark. */
export function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  let start = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  for (const { index, 0: lineEnd } of text.matchAll(/\r\n?|\n/g)) {
    const end = index + lineEnd.length;
    lines.push({ start, textEnd: index, end });
    start = end;
  }
  if (start < text.length) lines.push({ start, textEnd: text.length, end: text.length });
  return lines;
}

/** Finds the positions of all sections and options, by the same rules as `ini.ts`. */
export function layOut(text: string): SectionPlace[] {
  const lines = linesOf(text);
  const headers = lines.flatMap((line, at) => {
    const header = readHeader(text.slice(line.start, line.textEnd), "config");
    return header === undefined ? [] : [{ header, at }];
  });
  return headers.map(({ header, at }, index) => {
    const next = headers[index + 1]?.at ?? lines.length;
    return layOutSection(text, header, lines.slice(at, next), next < lines.length);
  });
}

function layOutSection(text: string, header: Header, lines: readonly Line[], more: boolean): SectionPlace {
  const [headerLine, ...body] = lines as [Line, ...Line[]];
  const options: OptionPlace[] = [];
  let last = 0;
  let current: { indent: number; empty: boolean } | undefined;
  for (const [at, line] of body.entries()) {
    const raw = text.slice(line.start, line.textEnd);
    const shown = raw.trim();
    if (raw.startsWith(SET_ASIDE)) last = at + 1;
    if (shown === "" || shown[0] === "#" || shown[0] === ";") continue;
    const indent = raw.search(/\S/);
    const option = options.at(-1);
    if (current !== undefined && option !== undefined && indent > current.indent) {
      if (current.empty || !/^[A-Za-z_][A-Za-z0-9_]*\s*=/.test(shown)) {
        options[options.length - 1] = { ...option, valueEnd: line.textEnd, end: line.end };
        last = at + 1;
        continue;
      }
    }
    const delimiter = raw.search(/[=:]/);
    const key = delimiter < 0 ? "" : raw.slice(0, delimiter).trim().toLowerCase();
    last = at + 1;
    // A stray line belongs to the body: a key inserted above it would absorb it.
    if (key === "") continue;
    const value = raw.slice(delimiter + 1);
    const comment = key === "credential_process" ? -1 : value.search(/\s[#;]/);
    const shownValue = comment < 0 ? value : value.slice(0, comment);
    current = { indent, empty: shownValue.trim() === "" };
    options.push({
      key,
      start: line.start,
      valueStart: line.start + delimiter + 1,
      valueEnd: line.textEnd,
      end: line.end,
    });
  }
  const isBlank = (line: Line) => text.slice(line.start, line.textEnd).trim() === "";
  let own = last + 1;
  while (own < lines.length && !isBlank(lines[own] as Line)) own++;
  // Comments that touch the next header describe what follows.
  if (own === lines.length && more) own = last + 1;
  let end = own;
  while (end < lines.length && isBlank(lines[end] as Line)) end++;
  const endOf = (count: number) => (lines[count - 1] as Line).end;
  return {
    header,
    start: headerLine.start,
    bodyEnd: endOf(last + 1),
    ownEnd: endOf(own),
    end: endOf(end),
    options,
  };
}
