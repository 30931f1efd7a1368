import { describe, expect, it } from "vitest";
import { matchesAny, matchesGlob } from "../../../src/inventory/selectedRoles.ts";
import { fc } from "../../support/fuzzing.ts";

describe("globs", () => {
  it.each([
    ["prod*", "prod-eu", true],
    ["prod*", "nonprod", false],
    ["*prod*", "nonprod-1", true],
    ["1111????3333", "111122223333", true],
    ["a*b*c", "axxbyyc", true],
    ["a*b*c", "axxbyy", false],
    ["", "", true],
    ["*", "", true],
    ["[ab].(c)", "[ab].(c)", true],
    ["[ab]", "a", false],
  ])("%j on %j: %s", (pattern, text, matches) => {
    expect(matchesGlob(pattern, text)).toBe(matches);
  });

  it("agree with a regular expression for every pattern", () => {
    const short = fc.string({ unit: fc.constantFrom("a", "b", "*", "?"), maxLength: 8 });
    const text = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 8 });
    fc.assert(
      fc.property(short, text, (pattern, subject) => {
        const expression = new RegExp(`^${pattern.replaceAll("*", ".*").replaceAll("?", ".")}$`);
        expect(matchesGlob(pattern, subject)).toBe(expression.test(subject));
      }),
    );
  });

  it("handle a pattern on which a back-tracking matcher would run for years", () => {
    expect(matchesGlob(`${"*a".repeat(40)}*b`, "a".repeat(2000))).toBe(false);
  });

  it("accept what any pattern matches by any name, without what is excluded", () => {
    expect(matchesAny([], ["x"])).toBe(true);
    expect(matchesAny(["dev*", "111*"], ["111122223333", "prod"])).toBe(true);
    expect(matchesAny(["!sandbox*"], ["111122223333", "sandbox-1"])).toBe(false);
    expect(matchesAny(["!sandbox*"], ["111122223333", "prod"])).toBe(true);
    expect(matchesAny(["*", "!prod"], ["111122223333", "prod"])).toBe(false);
    expect(matchesAny(["dev*"], ["prod"])).toBe(false);
  });
});
