import { styleText } from "node:util";
import { printable } from "../../text/printable.ts";

const CONTEXT = 3;

interface Step {
  readonly sign: " " | "-" | "+";
  readonly text: string;
}

interface DiffStyle {
  /** True if the file doesn't exist yet. */
  readonly isNew?: boolean;
  /** True on a terminal: control characters are replaced. */
  readonly isShown?: boolean;
}

/**
 * A unified diff with three lines of context; empty if nothing differs. `patch` and `git apply`
 * turn `before` into `after` with it, byte for byte, unless a terminal's diff had to replace
 * control characters.
 */
export function unifiedDiff(before: string, after: string, path: string, style: DiffStyle = {}): string {
  const steps = compare(split(before), split(after));
  const hunks = hunksOf(steps);
  if (hunks.length === 0) return "";
  const from = style.isNew ? "/dev/null" : fileName(path);
  const isShown = style.isShown ?? false;
  const text = hunks.map((hunk) => render(steps, hunk, isShown)).join("");
  const diff = `--- ${from}\n+++ ${fileName(path)}\n${text}`;
  return isShown ? colored(diff) : diff;
}

/** As `git diff` does. Without colours if NO_COLOR is set. */
function colored(diff: string): string {
  const colors = { "-": "red", "+": "green", "@": "cyan" } as const;
  return diff.replace(/^([-+@]).*/gm, (line, sign: keyof typeof colors) =>
    styleText(/^(?:--- |\+\+\+ )/.test(line) ? "bold" : colors[sign], line, { stream: process.stdout }),
  );
}

/** A tab after the name keeps `patch` from ending it at a space. */
function fileName(path: string): string {
  const name = printable(path, 4096);
  return /\s/.test(name) ? `${name}\t` : name;
}

/** Lines as `diff` sees them: with their line feed, and a carriage return is text. */
function split(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/**
 * Cuts off the lines common to both ends, splits the rest at lines that occur once on each side (a
 * config's headers), in the longest order that both sides share, and compares the parts in the same
 * way.
 */
function compare(before: readonly string[], after: readonly string[]): Step[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head++;
  let tail = 0;
  const shorter = Math.min(before.length, after.length) - head;
  while (tail < shorter && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  const left = before.slice(head, before.length - tail);
  const right = after.slice(head, after.length - tail);
  const steps = signed(" ", before.slice(0, head));
  let [i, j] = [0, 0];
  for (const [x, y] of anchors(left, right)) {
    steps.push(...compare(left.slice(i, x), right.slice(j, y)), ...signed(" ", left.slice(x, x + 1)));
    [i, j] = [x + 1, y + 1];
  }
  const rest =
    i + j > 0 ? compare(left.slice(i), right.slice(j)) : [...signed("-", left), ...signed("+", right)];
  return [...steps, ...rest, ...signed(" ", before.slice(before.length - tail))];
}

function signed(sign: Step["sign"], lines: readonly string[]): Step[] {
  return lines.map((text) => ({ sign, text }));
}

/** The longest ascending run of pairs of lines that are unique on each side, found in piles. */
function anchors(left: readonly string[], right: readonly string[]): [number, number][] {
  const inRight = uniquePlaces(right);
  interface Pair {
    readonly x: number;
    readonly y: number;
    readonly before: Pair | undefined;
  }
  const piles: Pair[] = [];
  for (const [line, x] of uniquePlaces(left)) {
    const y = inRight.get(line);
    if (y === undefined) continue;
    let [low, high] = [0, piles.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((piles[middle] as Pair).y < y) low = middle + 1;
      else high = middle;
    }
    piles[low] = { x, y, before: piles[low - 1] };
  }
  const found: [number, number][] = [];
  for (let pair = piles.at(-1); pair !== undefined; pair = pair.before) found.push([pair.x, pair.y]);
  return found.reverse();
}

/** In the order of the lines. */
function uniquePlaces(lines: readonly string[]): Map<string, number> {
  const seen = new Set<string>();
  const places = new Map<string, number>();
  for (const [at, line] of lines.entries()) {
    if (seen.has(line)) places.delete(line);
    else places.set(line, at);
    seen.add(line);
  }
  return places;
}

/** The first step, and the one after the last. */
type Hunk = { from: number; to: number };

function hunksOf(steps: readonly Step[]): Hunk[] {
  const hunks: Hunk[] = [];
  for (const [index, { sign }] of steps.entries()) {
    if (sign === " ") continue;
    const last = hunks.at(-1);
    const to = Math.min(steps.length, index + 1 + CONTEXT);
    if (last !== undefined && index - CONTEXT <= last.to) last.to = to;
    else hunks.push({ from: Math.max(0, index - CONTEXT), to });
  }
  return hunks;
}

function render(steps: readonly Step[], { from, to }: Hunk, isShown: boolean): string {
  const count = (part: readonly Step[], other: Step["sign"]) =>
    part.filter(({ sign }) => sign !== other).length;
  const earlier = steps.slice(0, from);
  const hunk = steps.slice(from, to);
  const range = (other: Step["sign"]) => {
    const lines = count(hunk, other);
    return `${count(earlier, other) + (lines === 0 ? 0 : 1)},${lines}`;
  };
  const lines = hunk.map(({ sign, text }) => {
    // Tabs, and the carriage return of a line end, do no harm.
    const line = isShown ? text.replace(/(?!\t|\r?\n$)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, " ") : text;
    return sign + (line.endsWith("\n") ? line : `${line}\n\\ No newline at end of file\n`);
  });
  return `@@ -${range("+")} +${range("-")} @@\n${lines.join("")}`;
}
