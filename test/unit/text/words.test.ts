import { expect, test } from "vitest";
import { nearest } from "../../../src/text/words.ts";

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
