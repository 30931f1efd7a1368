import { expect, it } from "vitest";
import { relativeTime } from "../../../src/text/relativeTime.ts";

const NOON = new Date(2026, 2, 1, 12, 0, 0).getTime();
const MINUTE = 60_000;

it.each([
  [59 * MINUTE, "in 59 min, 12:59"],
  [-12 * MINUTE, "12 min ago, 11:48"],
  [8 * 60 * MINUTE, "in 8 h, 20:00"],
  [26 * 60 * MINUTE, "in 26 h, 2026-03-02 14:00"],
  [90 * 24 * 60 * MINUTE, /^in 90 days, 2026-05-30 \d\d:00$/],
])("a time %i ms away reads %s", (ms, words) => {
  expect(relativeTime(NOON + ms, NOON)).toMatch(words);
});

it("a time soon after midnight needs no date", () => {
  const lateEvening = new Date(2026, 2, 1, 23, 30, 0).getTime();
  expect(relativeTime(lateEvening + 59 * MINUTE, lateEvening)).toBe("in 59 min, 00:29");
});
