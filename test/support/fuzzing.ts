import fc from "fast-check";

/** Set by `npm run fuzz`: the factor for inputs and time. */
const FACTOR = Number(process.env.FUZZ ?? 1);

// `npm test` tries the same inputs in every run: a failure is then that of a change, not of chance.
// `npm run fuzz` tries new ones. fast-check prints a failure's seed; `FUZZ_SEED` sets it.
const SEED = process.env.FUZZ_SEED ?? (process.env.FUZZ ? undefined : "1");
if (SEED !== undefined) fc.configureGlobal({ seed: Number(SEED) });

export { fc };

/** The limits of one property. */
export function runs(numRuns: number, limitMs = 6_000) {
  return { numRuns: numRuns * FACTOR, interruptAfterTimeLimit: limitMs * FACTOR };
}

/** The time limit for vitest, for all properties of a test. */
export const FUZZ_TIMEOUT = { timeout: 20_000 * Math.max(1, FACTOR) };

/** Words with a meaning to JavaScript, a terminal, a shell or a path. */
export const oddWord = fc.constantFrom(
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "hasOwnProperty",
  "length",
  "../../../../etc/passwd",
  "..",
  "/dev/zero",
  "$(touch x)",
  "; rm -rf ~",
  "`id`",
  "%s%n",
  "%00",
  "\u0000",
  "\u001b]0;title\u0007\u001b[2J",
  "\u009b31m",
  "\u202egpj.exe",
  "\ud800",
  "a\r\nb",
  "'",
  '"',
  "\\",
  "-",
  "--",
  "#",
  "[",
  "=",
  " ",
  "",
);

export const anyText = fc.oneof(
  oddWord,
  fc.string(),
  fc.string({ unit: "binary" }),
  fc.string({ unit: "grapheme" }),
  fc
    .tuple(fc.string({ maxLength: 9 }), fc.constantFrom(300, 3_000))
    .map(([text, times]) => text.repeat(times)),
);

const anyNumber = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.constantFrom(0, -0, -1, 1e308, -1e308, 8.64e15, 8.64e15 + 1, 2 ** 31, 2 ** 53),
);

/** JSON of every shape, also deeply nested, with the odd words as keys and values. */
export const anyJson: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  leaf: fc.oneof(anyText, anyNumber, fc.boolean(), fc.constant(null)),
  list: fc.array(tie("value"), { maxLength: 4 }),
  map: fc.array(fc.tuple(anyText, tie("value")), { maxLength: 4 }).map((entries) => {
    // Object.fromEntries makes "__proto__" an own key, like JSON.parse.
    return Object.fromEntries(entries);
  }),
  value: fc.oneof({ maxDepth: 4, withCrossShrink: true }, tie("leaf"), tie("list"), tie("map")),
})).value;

/** A text that is damaged: cut, doubled, with a byte exchanged or something inserted. */
export function spoiled(good: fc.Arbitrary<string>): fc.Arbitrary<Buffer> {
  const damage = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    how: fc.constantFrom("none", "cut", "doubled", "byte", "insert", "tail"),
    byte: fc.integer({ min: 0, max: 255 }),
    text: anyText,
  });
  return fc.tuple(good, damage).map(([text, { at, how, byte, text: extra }]) => {
    const bytes = Buffer.from(text);
    const index = Math.min(bytes.length - 1, Math.floor(at * bytes.length));
    const head = bytes.subarray(0, Math.max(0, index));
    const rest = bytes.subarray(Math.max(0, index));
    if (how === "cut") return head;
    if (how === "doubled") return Buffer.concat([bytes, rest]);
    if (how === "byte") return Buffer.concat([head, Buffer.from([byte]), rest.subarray(1)]);
    if (how === "insert") return Buffer.concat([head, Buffer.from(extra), rest]);
    return how === "tail" ? Buffer.concat([bytes, Buffer.from(extra)]) : bytes;
  });
}

/** Known fields with valid values, each of which may be missing or replaced by anything. */
export function mistypedFields(good: Record<string, unknown>): fc.Arbitrary<string> {
  const fields = Object.fromEntries(
    Object.entries(good).map(([name, value]) => [
      name,
      typeof value === "string"
        ? fc.oneof({ arbitrary: fc.constant(value), weight: 5 }, { arbitrary: anyText, weight: 2 }, anyJson)
        : fc.oneof({ arbitrary: fc.constant(value), weight: 3 }, anyJson),
    ]),
  );
  const more = fc.dictionary(anyText, anyJson, { maxKeys: 2 });
  return fc
    .tuple(fc.record(fields, { requiredKeys: [] }), more)
    .map(([known, other]) => JSON.stringify({ ...other, ...known }));
}

export const anyBytes = fc.oneof(
  fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes)),
  anyJson.map((value) => Buffer.from(JSON.stringify(value))),
  fc.constantFrom(1_000, 60_000).map((depth) => Buffer.from("[".repeat(depth))),
  fc.constantFrom(1_000, 60_000).map((depth) => Buffer.from('{"a":'.repeat(depth))),
);
