import { expect, it } from "vitest";
import { columnsOf, cutMiddle } from "../../../src/text/columns.ts";
import { fc } from "../../support/fuzzing.ts";

it.each([
  ["customer-platform-production", 28, "customer-platform-production"],
  ["customer-platform-production", 13, "custom…uction"],
  ["本番環境の請求アカウント", 11, "本番環…ント"],
  ["cafe\u0301 au lait creme\u0301", 6, "caf…me\u0301"],
  ["production", 1, "…"],
])("%s in %i columns is cut in its middle: %s", (text, columns, cut) => {
  expect(cutMiddle(text, columns)).toBe(cut);
});

it("a cut text never takes more columns than there are, and is not cut if it fits", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 1, max: 40 }), (text, columns) => {
      const cut = cutMiddle(text, columns);
      expect(columnsOf(cut)).toBeLessThanOrEqual(columns);
      if (columnsOf(text) <= columns) expect(cut).toBe(text);
    }),
  );
});
