import { expect, test } from "vitest";
import { shellWord } from "../../../src/text/commandWords.ts";

test.each([
  ["corp", "corp"],
  ["my sso", '"my sso"'],
  ["a&b", '"a&b"'],
  ["$x", "'$x'"],
  ["it's `x`", "'it'\\''s `x`'"],
  ["", '""'],
])("the name %s becomes the argument %s", (name, word) => {
  expect(shellWord(name)).toBe(word);
});
