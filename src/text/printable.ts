/** Makes untrusted text safe for one line of a terminal, in at most `max` characters. */
export function printable(text: string, max = 300): string {
  const clean = withoutInvisible(text.slice(0, max * 4)).trim();
  return clean.length > max ? `${clean.slice(0, max - 1).replace(/\p{Cs}$/u, "")}…` : clean;
}

function withoutInvisible(text: string): string {
  // Building the pattern of Unicode properties takes V8 half a millisecond.
  if (/^[ -~]*$/.test(text)) return text;
  // Controls, formats (bidirectional overrides, zero-width marks), line and paragraph separators,
  // lone surrogates.
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu, " ");
}

/**
 * Indented JSON for stdout. What a terminal obeys or hides (C1, bidirectional marks) is escaped.
 */
export function printableJson(value: unknown): string {
  const text = JSON.stringify(value, null, 2).replace(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, escaped);
  return `${text}\n`;
}

function escaped(character: string): string {
  const units = character.split("").map((unit) => unit.charCodeAt(0).toString(16).padStart(4, "0"));
  return units.map((hex) => `\\u${hex}`).join("");
}
