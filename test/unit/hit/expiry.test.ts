import { describe, expect, it } from "vitest";
import { formatTimestamp, isFresh, isUsable, parseTimestamp } from "../../../src/hit/expiry.ts";
import { fc } from "../../support/fuzzing.ts";

const NOON = Date.UTC(2026, 2, 1, 12, 0, 0);

describe("a time as some AWS tool writes it", () => {
  it.each([
    ["the AWS CLI", "2026-03-01T12:00:00Z", 0],
    ["the AWS CLI before December 2020", "2026-03-01T12:00:00UTC", 0],
    ["the SDK for JavaScript", "2026-03-01T12:00:00.123Z", 123],
    ["Kotlin, with microseconds", "2026-03-01T12:00:00.123456Z", 123],
    ["Java, with nanoseconds", "2026-03-01T12:00:00.123456789Z", 123],
    ["one digit of fraction", "2026-03-01T12:00:00.5Z", 500],
    ["two digits of fraction", "2026-03-01T12:00:00.05Z", 50],
    ["Python's isoformat", "2026-03-01T12:00:00+00:00", 0],
    ["Python's isoformat with microseconds", "2026-03-01T12:00:00.654321+00:00", 654],
    ["an offset to the east", "2026-03-01T14:00:00+02:00", 0],
    ["an offset to the west, without colon", "2026-03-01T06:30:00-0530", 0],
    ["no zone, which means UTC", "2026-03-01T12:00:00", 0],
    ["no zone but a fraction", "2026-03-01T12:00:00.25", 250],
    ["a space in the middle", "2026-03-01 12:00:00", 0],
    ["a blank before the zone", "2026-03-01 12:00:00 UTC", 0],
    ["small letters", "2026-03-01t12:00:00z", 0],
  ])("is read: %s", (_, text, ms) => {
    expect(parseTimestamp(text)).toBe(NOON + ms);
  });

  it.each([
    "",
    "never",
    "2026-03-01",
    "2026-03-01T12:00Z",
    "2026-13-01T12:00:00Z",
    "2026-03-01T25:00:00Z",
    "2026-03-01T12:00:00Zx",
    " 2026-03-01T12:00:00Z",
    "2026-03-01T12:00:00Z\n",
    "2026-03-01T12:00:00+99:99",
    "2026-03-01T12:00:00 PST",
    "12026-03-01T12:00:00Z",
    "0".repeat(1000),
    1772366400,
    null,
    undefined,
    {},
    ["2026-03-01T12:00:00Z"],
  ])("is not read: %j", (text) => {
    expect(parseTimestamp(text)).toBeNaN();
  });
});

it("writes whole seconds and Z, without the fraction", () => {
  expect(formatTimestamp(NOON + 999)).toBe("2026-03-01T12:00:00Z");
});

it("reads back every time it writes, to the second", () => {
  const times = fc.integer({ min: 0, max: Date.UTC(9999, 11, 31) });
  fc.assert(
    fc.property(times, (ms) => {
      expect(parseTimestamp(formatTimestamp(ms))).toBe(Math.floor(ms / 1000) * 1000);
    }),
  );
});

it("reads any offset as the same moment", () => {
  fc.assert(
    fc.property(fc.integer({ min: -14 * 60, max: 14 * 60 }), (minutes) => {
      const local = new Date(NOON + minutes * 60_000).toISOString().slice(0, 19);
      const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
      const offset = `${minutes < 0 ? "-" : "+"}${String(hours).padStart(2, "0")}:${String(rest).padStart(2, "0")}`;
      expect(parseTimestamp(`${local}${offset}`)).toBe(NOON);
    }),
  );
});

it("is fresh with 15 minutes left, and usable with 60 seconds", () => {
  const left = [900_000, 899_999, 60_000, 59_999, 0, -1, Number.NaN];
  expect(left.map((ms) => isFresh(NOON + ms, NOON))).toEqual([true, ...Array(6).fill(false)]);
  expect(left.map((ms) => isUsable(NOON + ms, NOON))).toEqual([true, true, true, ...Array(4).fill(false)]);
});
