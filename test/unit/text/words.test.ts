import { expect, test } from "vitest";
import { counted, firstOf, nearest } from "../../../src/text/words.ts";

const KNOWN = ["login", "logout", "list", "status", "init", "sso_start_url", "sso_region"];

test.each([
  ["lgoin", "login"],
  ["logn", "login"],
  ["Status", "status"],
  ["statsu", "status"],
  ["sso_start_ulr", "sso_start_url"],
  ["sso_regoin", "sso_region"],
  ["in", undefined],
  ["destroy", undefined],
  ["login", undefined],
  ["", undefined],
])("nearest to %s is %s", (word, expected) => {
  expect(
    nearest(
      word,
      KNOWN.filter((known) => known !== word),
    ),
  ).toBe(expected);
});

test("a closer word wins over one that comes first", () => {
  expect(nearest("eu-west-11", ["us-west-1", "eu-west-1"])).toBe("eu-west-1");
});

test("the first lines of a list, and how many more there are", () => {
  expect(firstOf(["a", "b"], 2)).toEqual(["a", "b"]);
  expect(firstOf(["a", "b", "c", "d"], 2)).toEqual(["a", "b", "and 2 more"]);
});

test.each([
  [0, "0 profiles"],
  [1, "1 profile"],
  [2, "2 profiles"],
])("%d in words: %s", (count, words) => {
  expect(counted(count, "profile")).toBe(words);
});
