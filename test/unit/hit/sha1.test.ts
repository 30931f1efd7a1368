import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { sha1 } from "../../../src/hit/sha1.ts";
import { fc } from "../../support/fuzzing.ts";

const expected = (text: string) => createHash("sha1").update(text, "utf8").digest("hex");

it.each([
  ["", "da39a3ee5e6b4b0d3255bfef95601890afd80709"],
  ["abc", "a9993e364706816aba3e25717850c26c9cd0d89d"],
  ["abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "84983e441c3bd26ebaae4aa1f95129e5e54670f1"],
])("hashes %j as FIPS 180-4 says", (text, hash) => {
  expect(sha1(text)).toBe(hash);
});

it("agrees with node:crypto at every length around the end of a block", () => {
  const texts = Array.from({ length: 260 }, (_, length) => "x".repeat(length));
  expect(texts.map(sha1)).toEqual(texts.map(expected));
});

it("agrees with node:crypto on any text, in UTF-8", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
      expect(sha1(text)).toBe(expected(text));
    }),
  );
});

it("hashes half a surrogate pair as U+FFFD", () => {
  expect(sha1("a\ud800b")).toBe(expected("a\ufffdb"));
});
