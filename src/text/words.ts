/** The words of a list that is written as one text. */
export function words(list: string): string[] {
  return list.trim().split(/\s+/);
}

/** `1 profile`, `3 profiles`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** The first lines, at most so many, and how many more there are. */
export function firstOf(lines: readonly string[], most: number): string[] {
  const more = lines.length - most;
  return more > 0 ? [...lines.slice(0, most), `and ${more} more`] : [...lines];
}

/** The known word that was most likely meant by a mistyped one; undefined if none is close. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  const wanted = word.toLowerCase();
  // One mistake in three letters still looks like the intended word; more does not.
  let best = Math.min(2, Math.floor(wanted.length / 3));
  let found: string | undefined;
  for (const candidate of known) {
    if (candidate === word || Math.abs(candidate.length - word.length) > best) continue;
    const distance = editDistance(wanted, candidate.toLowerCase());
    if (distance > best || (distance === best && found !== undefined)) continue;
    best = distance;
    found = candidate;
  }
  return found;
}

/** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (last[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let cost = Math.min((last[j] as number) + 1, (row[j - 1] as number) + 1, replaced);
      if (a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, (beforeLast[j - 2] ?? cost) + 1);
      row.push(cost);
    }
    [beforeLast, last] = [last, row];
  }
  return last[b.length] as number;
}
