import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { createPkce } from "../../../../src/signIn/worker/authorizationCodeGrant.ts";

it("makes a challenge that RFC 7636 derives from the verifier", () => {
  const { codeVerifier, codeChallenge } = createPkce();
  expect(codeVerifier).toMatch(/^[A-Za-z0-9._~-]{43,128}$/);
  expect(codeChallenge).toBe(createHash("sha256").update(codeVerifier).digest("base64url"));
});

it("never makes the same twice", () => {
  const made = Array.from({ length: 50 }, createPkce);
  expect(new Set(made.map(({ codeVerifier }) => codeVerifier)).size).toBe(50);
  expect(new Set(made.map(({ state }) => state)).size).toBe(50);
});

it("makes a state that a URL carries as it is", () => {
  const { state } = createPkce();
  expect(encodeURIComponent(state)).toBe(state);
  expect(state.length).toBeGreaterThanOrEqual(32);
});
