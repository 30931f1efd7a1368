import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { steadyClock } from "../../../src/platform/realSystem.ts";

const HOUR_MS = 3_600_000;
const NOON = Date.parse("2026-03-01T12:00:00Z");

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: NOON }));
afterEach(() => void vi.useRealTimers());

test("a clock that is set back makes no wait longer: time continues from its last value", async () => {
  const now = steadyClock();
  expect(now()).toBe(NOON);
  vi.setSystemTime(NOON - HOUR_MS);
  expect(now() - NOON).toBeGreaterThanOrEqual(0);
  expect(now() - NOON).toBeLessThan(HOUR_MS);
  await expect.poll(() => now() - NOON).toBeGreaterThan(20);
});

test("follows a clock that is set forward, and one that is corrected afterwards", () => {
  const now = steadyClock();
  vi.setSystemTime(NOON + HOUR_MS);
  expect(now()).toBe(NOON + HOUR_MS);
  vi.setSystemTime(NOON);
  expect(now()).toBeGreaterThanOrEqual(NOON + HOUR_MS);
  vi.setSystemTime(NOON + 2 * HOUR_MS);
  expect(now()).toBe(NOON + 2 * HOUR_MS);
});
