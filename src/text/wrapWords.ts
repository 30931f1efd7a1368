import { stripVTControlCharacters } from "node:util";
import { columnsOf } from "./columns.ts";

/** Breaks lines at blanks to fit `columns`. A longer word stays whole: a path can be copied. */
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
