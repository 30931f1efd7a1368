/** Makes untrusted text safe for one line of a terminal, in at most `max` characters. */
export function printable(text: string, max = 300): string {
  const start = text.slice(0, max * 4);
  // Building the pattern of Unicode properties takes V8 half a millisecond. It names controls,
  // formats (bidirectional overrides, zero-width marks), line and paragraph separators, and lone
  // surrogates.
  const isPlain = /^[ -~]*$/.test(start);
  const clean = (isPlain ? start : start.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu, " ")).trim();
  return clean.length > max ? `${clean.slice(0, max - 1).replace(/\p{Cs}$/u, "")}…` : clean;
}

/** Indented JSON. What a terminal obeys or hides (C1, bidirectional marks) is escaped. */
export function printableJson(value: unknown): string {
  const text = JSON.stringify(value, null, 2).replace(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, escaped);
  return `${text}\n`;
}

function escaped(character: string): string {
  const units = character.split("").map((unit) => unit.charCodeAt(0).toString(16).padStart(4, "0"));
  return units.map((hex) => `\\u${hex}`).join("");
}

/** The form in which `configText.ts` keeps a byte that is not UTF-8. */
const FOREIGN_BYTE = /[\udc80-\udcff]/u;

/** Names the first invisible character and its position, counted from 1; undefined without one. */
export function hiddenCharacter(text: string): string | undefined {
  // Building the pattern of Unicode properties takes V8 a millisecond.
  if (/^[!-~]*$/.test(text)) return undefined;
  // Controls, formats, spaces, invisible characters (zero-width space, Hangul filler), lone
  // surrogates.
  const match = /[\p{Cc}\p{Cf}\p{Z}\p{Cs}\p{Default_Ignorable_Code_Point}]/u.exec(text);
  if (match === null) return undefined;
  const place = [...text.slice(0, match.index)].length + 1;
  if (FOREIGN_BYTE.test(match[0])) return `character ${place} is not UTF-8`;
  const code = (match[0].codePointAt(0) as number).toString(16).toUpperCase().padStart(4, "0");
  const name = NAMES[code];
  return `character ${place} is U+${code}${name === undefined ? "" : `, ${name}`}`;
}

/** Printable text in at most 40 characters, with the character in it that nobody sees. */
export function printableWithHidden(text: string): string {
  const hidden = hiddenCharacter(text);
  return `${printable(text, 40)}${hidden === undefined ? "" : ` (${hidden})`}`;
}

const NAMES: Readonly<Record<string, string>> = {
  "0009": "a tab",
  "000A": "a line break",
  "0020": "a space",
  "00A0": "a no-break space",
  "00AD": "a soft hyphen",
  "200B": "a zero-width space",
  "200C": "a zero-width non-joiner",
  "200D": "a zero-width joiner",
  "2060": "a word joiner",
  FEFF: "a byte order mark",
  "3000": "a full-width space",
};
