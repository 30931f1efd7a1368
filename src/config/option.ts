export type Option = NonNullable<ReturnType<typeof readOption>>;

/** True for a blank line or a comment. */
export function isIgnored(line: string): boolean {
  const first = line.charAt(indentOf(line));
  return first === "" || first === "#" || first === ";";
}

/** Reads `key = value`, the key in lower case. Undefined for a stray line, which readers skip. */
export function readOption(line: string) {
  const [equals, colon] = [line.indexOf("="), line.indexOf(":")];
  const delimiter = equals < 0 || (colon >= 0 && colon < equals) ? colon : equals;
  const key = delimiter < 0 ? "" : line.slice(0, delimiter).trim().toLowerCase();
  if (key === "") return undefined;
  return { key, indent: indentOf(line), delimiter, value: readValue(line.slice(delimiter + 1), key) };
}

/** True if the line belongs to the value of the option above it. */
export function continues(line: string, { indent, value }: Option): boolean {
  if (indentOf(line) <= indent) return false;
  // The SDKs read an indented `output = json` below a non-empty value as a key.
  return value === "" || !/^\s*[A-Za-z_][A-Za-z0-9_]*\s*=/.test(line);
}

/** Keeps `#` and `;` in `credential_process`: a command line may contain them in quotes. */
export function readValue(text: string, key: string): string {
  const mayHave = key !== "credential_process" && (text.includes("#") || text.includes(";"));
  const comment = mayHave ? text.search(/\s[#;]/) : -1;
  return (comment < 0 ? text : text.slice(0, comment)).trim();
}

/** The number of spaces and tabs before the text. A pattern would cost ten times as much. */
function indentOf(line: string): number {
  let at = 0;
  while (at < line.length && (line[at] as string).trim() === "") at++;
  return at;
}
