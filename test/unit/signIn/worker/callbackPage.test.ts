import { expect, it } from "vitest";
import { callbackPage } from "../../../../src/signIn/worker/callbackPage.ts";

it("says that it worked, and that nothing is left to do", () => {
  const page = callbackPage({ signedInTo: "corp" });
  expect(page).toContain(
    "sso-cred is now signed in to corp, and the program that asked for credentials continues. You can close this tab.",
  );
});

it("says what went wrong and what to do next", () => {
  const page = callbackPage({ failed: "the sign-in to 'corp' was denied", command: "sso-cred login corp" });
  expect(page).toContain("The sign-in did not work: the sign-in to &#39;corp&#39; was denied.");
  expect(page).toContain("run this command in a terminal");
  expect(page).toContain("<code>sso-cred login corp</code>");
});

it.each([
  ["ja", "ja"],
  ["ja-JP,ja;q=0.9,en-US;q=0.8,en;q=0.7", "ja"],
  ["en-US,en;q=0.9,ja;q=0.8", "en"],
  ["de,ja;q=0.5,en;q=0.3", "ja"],
  ["en;q=0.1, JA;q=0.2", "ja"],
  ["ja;q=0", "en"],
  ["jav", "en"],
  ["", "en"],
  [undefined, "en"],
  [";q=x,,;".repeat(5_000), "en"],
])("speaks the browser's language: %s", (acceptLanguage, language) => {
  const page = callbackPage({ signedInTo: "corp" }, acceptLanguage?.slice(0, 20_000));
  expect(page).toContain(`<html lang="${language}">`);
  expect(page.includes("サインインしました")).toBe(language === "ja");
});

it("fits a phone and follows the system's dark mode", () => {
  const page = callbackPage({ signedInTo: "x".repeat(400) });
  expect(page).toContain('name="viewport" content="width=device-width, initial-scale=1"');
  expect(page).toContain("color-scheme:light dark");
  expect(page).toContain("overflow-wrap:anywhere");
});
