import { expect, it } from "vitest";
import { isKind } from "../../../../src/errors.ts";
import { webUrl } from "../../../../src/signIn/worker/signIn.ts";

it.each([
  "https://device.sso.eu-west-1.amazonaws.com/?user_code=ABCD-EFGH",
  "https://x.example/path@with?an=at@sign",
  "http://127.0.0.1:8080/",
  `https://x.example/${"a".repeat(4_000)}`,
])("%.60s may be opened", (url) => {
  expect(webUrl(url)).toBe(url);
});

function refusal(text: string): unknown {
  try {
    return webUrl(text);
  } catch (error) {
    return error;
  }
}

it.each([
  ["javascript:alert(1)", "the service named a sign-in page that is not a web address: javascript:alert(1)"],
  ["-a Calculator", "the service named a sign-in page that is not a web address: -a Calculator"],
  ["", "the service named a sign-in page that is not a web address: "],
])("%s may not be opened", (text, message) => {
  const error = refusal(text);
  expect(error).toHaveProperty("message", message);
  expect(isKind(error, "unavailable")).toBe(true);
});

it.each(["login.aws.amazon.com@", "user:password@", ":password@", "login.aws.amazon.com%2f@"])(
  "an address that hides its host behind %s is rejected, and not shown",
  (before) => {
    const error = refusal(`https://${before}evil.example/x`);
    const message = "the service named a sign-in page with a user name before its host evil.example";
    expect(error).toHaveProperty("message", message);
    expect(isKind(error, "unavailable")).toBe(true);
  },
);

it("an address too long for a terminal is rejected", () => {
  const error = refusal(`https://x.example/${"a".repeat(4_096)}`);
  expect((error as Error).message).toMatch(/^the address of the sign-in page is too long: https:\S{73}…$/);
  expect(isKind(error, "unavailable")).toBe(true);
});
