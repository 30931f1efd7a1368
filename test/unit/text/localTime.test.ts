import { expect, test } from "vitest";
import { localTime } from "../../../src/text/localTime.ts";

const at = (day: number, hours: number, minutes: number) => new Date(2026, 10, day, hours, minutes).getTime();
const NOW = at(26, 16, 45);

test.each([
  [at(26, 17, 44), "17:44 (in 59 min)"],
  [at(26, 16, 44), "16:44 (1 min ago)"],
  [at(26, 23, 45), "23:45 (in 7 h)"],
  [at(27, 1, 5), "2026-11-27 01:05 (in 8 h)"],
  [at(30, 16, 45), "2026-11-30 16:45 (in 4 days)"],
])("%d is %s", (time, text) => {
  expect(localTime(time, NOW)).toBe(text);
});
