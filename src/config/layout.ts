import { type Header, readHeader } from "./ini.ts";
import { continues, isIgnored, type Option, readOption } from "./option.ts";

/** The beginning of each line that was commented out to be restored later. */
export const SET_ASIDE = "#sso-cred# ";

/** One `key = value`, as offsets into the text. A value includes its continuation lines. */
export interface OptionPlace {
  /** Lower-cased, as readers compare it. */
  readonly key: string;
  readonly start: number;
  /** Directly after the delimiter. */
  readonly valueStart: number;
  /** The end of the value's last line, without its line end. */
  readonly valueEnd: number;
  /** Like `valueEnd`, with the line end. */
  readonly end: number;
}

export interface SectionPlace {
  readonly header: Header;
  readonly start: number;
  /** Where a new key goes: after the last option or stray line, or else after the header. */
  readonly bodyEnd: number;
  /** `bodyEnd`, or the end of comments that follow without a blank line. */
  readonly ownEnd: number;
  /** `ownEnd` and the blank lines that follow. */
  readonly end: number;
  readonly options: readonly OptionPlace[];
}

interface Line {
  /** Counted from 1. */
  readonly number: number;
  readonly start: number;
  /** Without the line end. */
  readonly text: string;
  /** With the line end. */
  readonly end: number;
}

/** The lines of a text with LF, CRLF or CR line ends, without the byte order mark. */
export function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  let start = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  for (const { index, 0: lineEnd } of text.matchAll(/\r\n?|\n/g)) {
    const end = index + lineEnd.length;
    lines.push({ number: lines.length + 1, start, text: text.slice(start, index), end });
    start = end;
  }
  const last = { number: lines.length + 1, start, text: text.slice(start), end: text.length };
  if (start < text.length) lines.push(last);
  return lines;
}

/** Finds the positions of all sections and options, by the same rules as `ini.ts`. */
export function layOut(text: string): SectionPlace[] {
  const lines = linesOf(text);
  const headers = lines.flatMap((line, at) => {
    const header = readHeader(line.text, "config");
    return header === undefined ? [] : [{ header, at }];
  });
  return headers.map(({ header, at }, index) => {
    const next = headers[index + 1]?.at ?? lines.length;
    return layOutSection(header, lines.slice(at, next), next < lines.length);
  });
}

function layOutSection(header: Header, lines: readonly Line[], more: boolean): SectionPlace {
  const [headerLine, ...body] = lines as [Line, ...Line[]];
  const options: OptionPlace[] = [];
  let last = 0;
  let current: Option | undefined;
  for (const [at, { start, text: line, end }] of body.entries()) {
    // A stray line belongs to the body: a key inserted above it would absorb it.
    if (line.startsWith(SET_ASIDE) || !isIgnored(line)) last = at + 1;
    if (isIgnored(line)) continue;
    const above = options.at(-1);
    if (above !== undefined && current !== undefined && continues(line, current)) {
      options[options.length - 1] = { ...above, valueEnd: start + line.length, end };
      continue;
    }
    const option = readOption(line);
    if (option === undefined) continue;
    current = option;
    const valueStart = start + option.delimiter + 1;
    options.push({ key: option.key, start, valueStart, valueEnd: start + line.length, end });
  }
  const isBlank = ({ text }: Line) => text.trim() === "";
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
