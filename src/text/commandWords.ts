/**
 * Splits a command line into words as the AWS CLI does before it runs a `credential_process`: POSIX
 * quoting without expansions, or the C runtime's rules when the line starts with a Windows path
 * (`C:\…`, `\\…`). A quote that is never closed runs to the end.
 */
export function splitCommandLine(text: string): string[] {
  return scanWords(text).words;
}

/** Up to a `#` or `;` at the start of a word, where sh and the JS SDK end the line. */
export function splitUntilComment(text: string): string[] {
  return scanWords(text, /[#;]/).words;
}

/** As {@link splitCommandLine}; undefined when a quote is never closed. */
export function splitQuoted(text: string): string[] | undefined {
  const { words, closed } = scanWords(text);
  return closed ? words : undefined;
}

/** Matches nothing. */
const NEVER = /(?!)/;

function scanWords(text: string, end = NEVER): { words: string[]; closed: boolean } {
  const line = text.trimStart();
  return /^"?(?:[a-z]:\\|\\\\)/i.test(line) ? scanWindows(line, end) : scanPosix(line, end);
}

/** Text in single or double quotes, with their end; an escaped character; blanks; anything else. */
const PIECE = /'([^']*)('?)|"((?:\\.|[^"\\])*)("?)|\\(.?)|(\s+)|[^\s'"\\]+/gs;

function scanPosix(text: string, end: RegExp): { words: string[]; closed: boolean } {
  // Most lines have no quotes, and a completion reads a thousand lines.
  if (!/["'\\]/.test(text)) {
    const plain = text.split(/\s+/).filter((word) => word !== "");
    const comment = plain.findIndex((word) => end.test(word.charAt(0)));
    return { words: comment < 0 ? plain : plain.slice(0, comment), closed: true };
  }
  const words: string[] = [];
  let word: string | undefined;
  let closed = true;
  for (const [piece, single, singleEnd, double, doubleEnd, escaped, blanks] of text.matchAll(PIECE)) {
    if (word === undefined && end.test(piece.charAt(0))) break;
    if (blanks !== undefined) {
      if (word !== undefined) words.push(word);
      word = undefined;
      continue;
    }
    if (singleEnd === "" || doubleEnd === "") closed = false;
    // Within double quotes a backslash escapes only itself and the quote (shlex).
    const quoted = single ?? double?.replace(/\\(["\\])/g, "$1");
    word = (word ?? "") + (quoted ?? (escaped === undefined ? piece : escaped || piece));
  }
  if (word !== undefined) words.push(word);
  return { words, closed };
}

/** https://learn.microsoft.com/cpp/c-language/parsing-c-command-line-arguments */
function scanWindows(text: string, comment: RegExp): { words: string[]; closed: boolean } {
  const words: string[] = [];
  let word: string | undefined;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at] as string;
    if (word === undefined && comment.test(char)) break;
    if (char === "\\") {
      let end = at;
      while (text[end] === "\\") end++;
      const count = end - at;
      const beforeQuote = text[end] === '"';
      word = (word ?? "") + "\\".repeat(beforeQuote ? Math.floor(count / 2) : count);
      at = end - 1;
      if (beforeQuote && count % 2 === 1) {
        word += '"';
        at = end;
      }
    } else if (char === '"') {
      word ??= "";
      if (quoted && text[at + 1] === '"') {
        word += '"';
        at++;
      } else quoted = !quoted;
    } else if (!quoted && /\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? "") + char;
    }
  }
  if (word !== undefined) words.push(word);
  return { words, closed: !quoted };
}

/** Quotes a word for typing. Prefers double quotes, which sh and cmd read alike. */
export function shellWord(name: string): string {
  if (/^[\w.@/%:+,=-]+$/.test(name)) return name;
  return /["$`\\!]/.test(name) ? `'${name.replaceAll("'", "'\\''")}'` : `"${name}"`;
}
