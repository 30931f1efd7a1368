/**
 * True if a pattern matches the whole text: `*` is any run of characters, `?` any one character, all others are
 * literal. A `*` restarts at most once for each character, so no pattern takes exponential time.
 */
export function matchesGlob(pattern: string, text: string): boolean {
  let p = 0;
  let t = 0;
  let star = -1;
  let resume = 0;
  while (t < text.length) {
    if (pattern[p] === "*") {
      star = p++;
      resume = t;
    } else if (p < pattern.length && (pattern[p] === "?" || pattern[p] === text[t])) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++resume;
    } else return false;
  }
  while (pattern[p] === "*") p++;
  return p === pattern.length;
}

/**
 * True if one of an item's names matches a pattern (or there are only exclusions), and none matches an exclusion
 * (`!pattern`).
 */
export function matchesAny(patterns: readonly string[], names: readonly string[]): boolean {
  const matches = (pattern: string) => names.some((name) => matchesGlob(pattern, name));
  const wanted = patterns.filter((pattern) => !pattern.startsWith("!"));
  const unwanted = patterns.filter((pattern) => pattern.startsWith("!")).map((pattern) => pattern.slice(1));
  return (wanted.length === 0 || wanted.some(matches)) && !unwanted.some(matches);
}
