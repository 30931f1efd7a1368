import type { Random } from "../stress/random.ts";
import { mutateJson } from "./jsonMutation.ts";
import type { Input } from "./target.ts";

/** What a repeated piece may come to. */
const LONGEST_PART = 64 * 1024;
const MOST_STEPS = 6;

/** Of the kinds that mean something to parsers, terminals, shells, paths and JavaScript. */
const ODD = ["__proto__", "constructor", "\0", "\r\n", "\n", "\r", "\t", " ", '"', "'", "\\", "\u001b[2J"];
const ODDER = [
  "\ufeff",
  "\u2028",
  "\u0085",
  "\u00a0",
  "\u202e",
  "\u{1f600}",
  "{",
  "}",
  "[",
  "]",
  "%",
  "$",
  "#",
];
const NUMBERS = ["0", "-1", "1e999", "9007199254740993", "2147483648", "99999999999999999999", "0.5", "NaN"];
const BYTES = ["\xff", "\xc0\x80", "\xed\xa0\x80", "\x80"].map((text) => Buffer.from(text, "latin1"));

export type Words = readonly Buffer[];

export const oddWords: Words = [...[...ODD, ...ODDER, ...NUMBERS].map((text) => Buffer.from(text)), ...BYTES];

/** A descendant of `parent`; `donor` is another input that is worth something. */
export function mutate(
  parent: Input,
  donor: Input,
  words: Words,
  random: Random,
  longest = LONGEST_PART,
): Input {
  const child = [...parent];
  // Mostly one: several at once spoil more than they find.
  const steps = Math.ceil(MOST_STEPS * random.next() ** 4);
  for (let step = 0; step < steps; step++) {
    const at = partOf(child, random);
    const part = child[at] ?? Buffer.alloc(0);
    child[at] = mutatePart(part, random.pick([donor[at] ?? part, part]), words, random).subarray(0, longest);
  }
  return child;
}

/** Mostly a longer one: there is more in it. */
function partOf(input: Input, random: Random): number {
  const [one, other] = [random.whole(0, input.length - 1), random.whole(0, input.length - 1)];
  const isLonger = (input[other]?.length ?? 0) > (input[one]?.length ?? 0);
  return isLonger && random.next() < 0.7 ? other : one;
}

function mutatePart(part: Buffer, donor: Buffer, words: Words, random: Random): Buffer {
  if (random.next() < 0.75) {
    const text = mutateJson(part.toString(), words, random);
    if (text !== undefined) return Buffer.from(text);
  }
  const choice = random.next();
  if (choice < 0.2) return mutateLines(part, donor, random);
  if (choice < 0.6) return splice(part, random.pick(words), random);
  if (choice < 0.75) return splice(part, slice(donor, random), random);
  if (choice < 0.98) return mutateByte(part, random);
  return repeat(part, random);
}

/** Puts something in, or in the place of something. */
function splice(part: Buffer, piece: Buffer, random: Random): Buffer {
  const start = random.next() < 0.5 ? random.whole(0, part.length) : border(part, random);
  const gone = random.pick([0, 0, piece.length, random.whole(0, 12)]);
  return Buffer.concat([part.subarray(0, start), piece, part.subarray(start + gone)]);
}

/** Where a word begins or ends. */
function border(part: Buffer, random: Random): number {
  let at = random.whole(0, part.length);
  while (at > 0 && at < part.length && isWord(part[at]) === isWord(part[at - 1])) at++;
  return at;
}

function isWord(byte: number | undefined): boolean {
  return byte !== undefined && /[A-Za-z0-9_-]/.test(String.fromCharCode(byte));
}

function slice(part: Buffer, random: Random): Buffer {
  const start = random.whole(0, part.length);
  return part.subarray(start, random.whole(start, Math.min(part.length, start + 60)));
}

function mutateByte(part: Buffer, random: Random): Buffer {
  const at = random.whole(0, Math.max(0, part.length - 1));
  const how = random.next();
  if (how < 0.4) return Buffer.concat([part.subarray(0, at), part.subarray(at + random.whole(1, 8))]);
  if (how < 0.6) return splice(part, Buffer.from([random.whole(0x20, 0x7e)]), random);
  if (how < 0.65) return part.subarray(0, at);
  const changed = Buffer.from(part);
  if (changed.length > 0) {
    const old = changed[at] ?? 0;
    changed[at] =
      random.pick([old ^ (1 << random.whole(0, 7)), old + 1, old - 1, random.whole(0, 255)]) & 0xff;
  }
  return changed;
}

/** Takes a line out, doubles it, puts it elsewhere, or takes one from the donor. */
function mutateLines(part: Buffer, donor: Buffer, random: Random): Buffer {
  const lines = part.toString("latin1").split(/(?<=\n)/);
  const others = donor.toString("latin1").split(/(?<=\n)/);
  const at = random.whole(0, lines.length - 1);
  const line = lines[at] ?? "";
  const how = random.next();
  if (how < 0.5) lines.splice(at, 1);
  const put = how < 0.2 ? [] : how < 0.7 ? [line] : [random.pick(others)];
  lines.splice(random.whole(0, lines.length), 0, ...put);
  return Buffer.from(lines.join(""), "latin1");
}

/** What is fine once may be slow a thousand times. */
function repeat(part: Buffer, random: Random): Buffer {
  const piece = slice(part, random);
  if (piece.length === 0) return part;
  const times = Math.min(random.pick([10, 300, 10_000]), Math.ceil(LONGEST_PART / piece.length));
  return splice(part, Buffer.concat(Array.from({ length: times }, () => piece)), random);
}
