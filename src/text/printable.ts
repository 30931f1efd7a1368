// Controls, formats (bidirectional overrides, zero-width marks), line and paragraph separators, lone surrogates.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu;

/** Makes untrusted text safe for one line of a terminal: nothing invisible, at most `max` characters. */
export function printable(text: string, max = 300): string {
  const clean = text
    .slice(0, max * 4)
    .replace(UNPRINTABLE, " ")
    .trim();
  return clean.length > max ? `${clean.slice(0, max - 1).replace(/\p{Cs}$/u, "")}…` : clean;
}
