import type { Random } from "../stress/random.ts";
import type { Words } from "./mutation.ts";

type Path = readonly (string | number)[];
type Change = (value: unknown) => unknown;

const VALUES: readonly unknown[] = [
  ...[null, true, false, 0, -0, -1, 1, 0.5, 1e308, 2 ** 53, 8.64e15 + 1, 4e12],
  ...["", " ", "\ud800", "\u0000", "\u202e", "x".repeat(5_000)],
  ...[[], {}, [[]], [null], JSON.parse('{"__proto__":{"polluted":true},"constructor":1}')],
];
/** Stands for a key or an item that is to go. */
const GONE = Symbol();

/** The same JSON with one value changed, taken away, added or exchanged; undefined for what is no JSON object or list. */
export function mutateJson(text: string, words: Words, random: Random): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const paths = pathsOf(value, [], []);
  const isInner = (path: Path) => typeof at(value, path) === "object" && at(value, path) !== null;
  const leaves = paths.filter((path) => !isInner(path));
  const path = random.pick(leaves.length === 0 || random.next() < 0.3 ? paths : leaves);
  const word = () => random.pick(words).toString();
  const anything = () => random.pick<unknown>([random.pick(VALUES), word(), at(value, random.pick(paths))]);
  const how = random.next();
  const change: Change = (old) => {
    if (how < 0.15) return GONE;
    if (how < 0.7 && isMap(old)) return entered(old, word(), anything());
    if (how < 0.5 && Array.isArray(old)) return [...old, anything()];
    if (how < 0.5 && typeof old === "string") return word();
    if (how < 0.6 && typeof old === "string") return changedText(old, word(), random);
    if (how < 0.6 && typeof old === "number") {
      return random.pick([-old, old + 1, old * 1000, old / 1000, `${old}`]);
    }
    if (how < 0.65) return [old];
    return anything();
  };
  const changed = changedAt(value, path, change);
  return JSON.stringify(changed === GONE ? {} : changed);
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function changedText(old: string, word: string, random: Random): string {
  const start = random.whole(0, old.length);
  const end = random.pick([start, start + 1, old.length]);
  return random.pick([
    old.slice(0, start) + word + old.slice(end),
    old.slice(0, start) + old.slice(end),
    old + old,
  ]);
}

function pathsOf(value: unknown, path: Path, found: Path[]): Path[] {
  found.push(path);
  if (typeof value !== "object" || value === null || path.length > 8) return found;
  for (const [key, inner] of Object.entries(value)) pathsOf(inner, [...path, key], found);
  return found;
}

function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key], value);
}

/** Object.fromEntries makes "__proto__" a key like any other, as JSON.parse does. */
function entered(map: Record<string, unknown>, key: string, value: unknown): Record<string, unknown> {
  return Object.fromEntries([...Object.entries(map), [key, value]]);
}

function changedAt(value: unknown, [key, ...rest]: Path, change: Change): unknown {
  if (key === undefined) return change(value);
  const entries = Object.entries(value as object)
    .map(([name, inner]) => [name, name === key ? changedAt(inner, rest, change) : inner] as const)
    .filter(([, inner]) => inner !== GONE);
  return Array.isArray(value) ? entries.map(([, inner]) => inner) : Object.fromEntries(entries);
}
