/**
 * How the C runtime splits a command line into arguments.
 * https://learn.microsoft.com/cpp/c-language/parsing-c-command-line-arguments
 */
export function crtSplit(line: string): string[] {
  const words: string[] = [];
  let rest = line.trimStart();
  while (rest !== "") {
    let word = "";
    let isQuoted = false;
    while (rest !== "" && (isQuoted || !/^[ \t]/.test(rest))) {
      const [slashes = ""] = /^\\*/.exec(rest) ?? [];
      const isBeforeQuote = rest[slashes.length] === '"';
      if (slashes !== "" && isBeforeQuote) {
        word += "\\".repeat(slashes.length >> 1);
        rest = rest.slice(slashes.length);
        if (slashes.length % 2 === 1) {
          word += '"';
          rest = rest.slice(1);
        }
      } else if (rest[0] === '"') {
        isQuoted = !isQuoted;
        rest = rest.slice(1);
      } else {
        word += rest[0];
        rest = rest.slice(1);
      }
    }
    words.push(word);
    rest = rest.trimStart();
  }
  return words;
}

/**
 * The line that `cmd /C` runs (`cmd /?`). A line that begins with a quote keeps its quotes only if
 * there are exactly two, with blanks and none of &<>()@^| between them, around the name of an
 * executable file. Otherwise the first and the last quote are removed. Throws if a special
 * character of cmd would take effect.
 */
export function cmdSlashC(line: string, isExecutable: (path: string) => boolean): string {
  const stripped = stripQuotes(line, isExecutable);
  const [name = ""] = /^[^\s"]*/.exec(stripped) ?? [];
  if (/[,;=]/.test(name)) throw new Error(`cmd ends the program's name within ${name}`);
  let isQuoted = false;
  for (const character of stripped) {
    if (character === '"') isQuoted = !isQuoted;
    else if (character === "%" || (!isQuoted && /[&<>()^|]/.test(character))) {
      throw new Error(`cmd acts on ${character}: ${stripped}`);
    }
  }
  return stripped;
}

function stripQuotes(line: string, isExecutable: (path: string) => boolean): string {
  if (!line.startsWith('"')) return line;
  const inner = /^"([^"]*)"[^"]*$/.exec(line)?.[1];
  if (inner !== undefined && /\s/.test(inner) && !/[&<>()@^|]/.test(inner) && isExecutable(inner))
    return line;
  const last = line.lastIndexOf('"');
  return line.slice(1, last) + line.slice(last + 1);
}
