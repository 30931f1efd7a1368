import { expect, it } from "vitest";
import { waitDeadline } from "../../../src/commands/credentials.ts";

const seconds = (SSO_CRED_WAIT: string | undefined) =>
  waitDeadline({ env: { SSO_CRED_WAIT }, startedAt: 1_000_000 }) / 1000 - 1000;

it.each([
  [undefined, 50],
  ["", 50],
  ["0", 0],
  ["5", 5],
  ["0.25", 0.25],
  ["3600", 3600],
])("SSO_CRED_WAIT=%s: %d s from the start of the process", (text, expected) => {
  expect(seconds(text)).toBeCloseTo(expected, 6);
});

it.each(["abc", "-1", "5s", "1e3", "0x10", " 5", "3601", "999999", "Infinity", "NaN", "5,5", "5."])(
  "SSO_CRED_WAIT=%s is a usage error",
  (text) => {
    expect(() => seconds(text)).toThrow(
      expect.objectContaining({
        kind: "usage",
        message: `SSO_CRED_WAIT must be 0 to 3600 seconds, not ${text === " 5" ? "5 (character 1 is U+0020, a space)" : text}`,
      }),
    );
  },
);
