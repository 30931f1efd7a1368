import { stripVTControlCharacters } from "node:util";

/** The number of terminal columns a printable text takes. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) columns += columnsOfCharacter(character);
  return columns;
}

/** Shortens a text to `columns`, ending in `…` if anything was cut. */
export function cutTo(text: string, columns: number): string {
  // No character is wider than two columns.
  if (text.length * 2 <= columns || columnsOf(text) <= columns) return text;
  let kept = "";
  let used = 1;
  for (const character of text) {
    used += columnsOfCharacter(character);
    if (used > columns) break;
    kept += character;
  }
  return columns < 1 ? "" : `${kept}…`;
}

/** Shortens a text to `columns` by cutting its middle: long names often differ at their ends. */
export function cutMiddle(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  let tail = "";
  const room = Math.floor((columns - 1) / 2);
  for (const character of [...text].reverse()) {
    if (columnsOf(character + tail) > room) break;
    tail = character + tail;
  }
  return cutTo(text, columns - columnsOf(tail)) + tail.replace(/^\p{M}+/u, "");
}

/** Pads a text with spaces to `columns`. */
export function pad(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - columnsOf(text)));
}

/** Breaks lines at spaces to fit `columns`. A longer word stays whole: a path can be copied. */
export function wrapWords(text: string, columns: number, first = "", further = first): string {
  return text
    .split("\n")
    .map((line) => (fits(first + line, columns) ? first + line : wrapLine(line, columns, first, further)))
    .join("\n");
}

function fits(text: string, columns: number): boolean {
  return columnsOf(stripVTControlCharacters(text)) <= columns;
}

function wrapLine(text: string, columns: number, first: string, further: string): string {
  const lines: string[] = [];
  const indent = /^ */.exec(text)?.[0] ?? "";
  let line = first + indent;
  let isEmpty = true;
  for (const word of text.slice(indent.length).split(" ")) {
    if (!isEmpty && !fits(`${line} ${word}`, columns)) {
      lines.push(line.trimEnd());
      [line, isEmpty] = [further + indent, true];
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line].join("\n");
}

/** https://www.unicode.org/reports/tr11/: two for wide and fullwidth characters and for emoji. */
function columnsOfCharacter(character: string): number {
  if (character <= "~") return 1;
  if (/\p{M}/u.test(character)) return 0;
  const isWide =
    /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
  return isWide.test(character) ? 2 : 1;
}
