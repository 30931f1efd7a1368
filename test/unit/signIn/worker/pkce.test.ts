import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { createPkce } from "../../../../src/signIn/worker/authorizationCodeGrant.ts";

it("derives the challenge from the verifier as RFC 7636", () => {
  const { codeVerifier, codeChallenge } = createPkce();
  expect(codeVerifier).toMatch(/^[A-Za-z0-9._~-]{43,128}$/);
  expect(codeChallenge).toBe(createHash("sha256").update(codeVerifier).digest("base64url"));
});

it("makes different values each time", () => {
  const made = Array.from({ length: 50 }, createPkce);
  expect(new Set(made.map(({ codeVerifier }) => codeVerifier)).size).toBe(50);
  expect(new Set(made.map(({ state }) => state)).size).toBe(50);
});

it("makes a state that needs no encoding in a URL", () => {
  const { state } = createPkce();
  expect(encodeURIComponent(state)).toBe(state);
  expect(state.length).toBeGreaterThanOrEqual(32);
});
