import { expect, it } from "vitest";
import { masked, maskedText } from "../../../src/text/redact.ts";
import { fc } from "../../support/fuzzing.ts";

const letters = (alphabet: string, minLength: number, maxLength: number) =>
  fc.array(fc.constantFrom(...alphabet), { minLength, maxLength }).map((characters) => characters.join(""));

const UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const BASE64URL = `${UPPER}${UPPER.toLowerCase()}0123456789-_`;
const BASE64 = `${UPPER}${UPPER.toLowerCase()}0123456789+/`;

/** Secrets in the formats that AWS uses. */
const secret = fc.oneof(
  letters(BASE64, 40, 40),
  letters(BASE64, 200, 600).map((text) => `IQoJb3JpZ2luX2VjE${text}==`),
  letters(BASE64URL, 100, 300).map((text) => `aoaAAAAA${text}`),
  letters(BASE64URL, 100, 300).map((text) => `eyJ${text}`),
  letters(BASE64URL, 64, 128),
  letters(`${UPPER}234567`, 16, 16).map((text) => `ASIA${text}`),
  letters("BCDFGHJKLMNPQRSTVWXZ", 8, 8).map((text) => `${text.slice(0, 4)}-${text.slice(4)}`),
);
const around = fc.constantFrom(
  ["", ""],
  ["failed: ", " was refused"],
  ['{"accessToken": "', '"}'],
  ["token=", "&x=1"],
  ["Bearer ", ""],
  ["(", ")"],
  ["https://host/path?code=", "&state=x"],
  ["'", "'"],
  ["x:", ","],
);

it("shows no secret, wherever it is in the text", () => {
  fc.assert(
    fc.property(secret, around, (text, [before, after]) => {
      const shown = maskedText(`${before}${text}${after}`);
      // No part of it either: 12 characters in a row would identify it.
      const pieces = Array.from({ length: Math.max(1, text.length - 11) }, (_, at) =>
        text.slice(at, at + 12),
      );
      expect(pieces.filter((piece) => shown.includes(piece))).toEqual([]);
    }),
    { numRuns: 2000 },
  );
});

it("masks by name, whatever the value is", () => {
  for (const name of [
    "accessToken",
    "clientSecret",
    "SecretAccessKey",
    "codeVerifier",
    "userCode",
    "Cookie",
  ]) {
    expect(masked(name, "short")).toBe("***");
  }
});

it("masks named values inside JSON, short ones too", () => {
  expect(maskedText('{"userCode": "X1", "my_password":"y", "state": "open"}')).toBe(
    '{"userCode": "***", "my_password":"***", "state": "open"}',
  );
  expect(masked("answer", { refreshToken: "z", status: 200 })).toBe('{"refreshToken":"***","status":200}');
});

it("masks the login of a URL and everything behind its question mark", () => {
  expect(maskedText("http://user:pw@proxy:3128 said no")).toBe("http://***@proxy:3128 said no");
  expect(maskedText("http://user:p@w@proxy:3128 said no")).toBe("http://***@proxy:3128 said no");
  expect(maskedText("GET https://host/federation/credentials?account_id=1&x=2")).toBe(
    "GET https://host/federation/credentials?***",
  );
});

it.each([
  "cannot write /home/ada/.aws/sso/cache/6a9d1c2b3e4f5061728394a5b6c7d8e9f0a1b2c3.json (EACCES)",
  "the portal.sso.eu-west-1.amazonaws.com answered GetRoleCredentials with 503",
  "another sso-cred that refreshes the token of 'my-very-long-session-name'",
  "grant=authorization_code",
  "no access to the role 'AdministratorAccess' in account 123456789011",
  "https://d-1234567890.awsapps.com/start",
])("does not mask: %s", (text) => {
  expect(maskedText(text)).toBe(text);
});

it.each(["a".repeat(5000), "aA".repeat(2500), "ab_".repeat(1500), "abAb".repeat(1200), "_-".repeat(2500)])(
  "does not get stuck in a long run that is almost words: %#",
  (run) => {
    expect(maskedText(`${run}A9`)).toBe("***");
  },
);

it("keeps a value on one line, and short", () => {
  expect(masked("error", "a\nb\u001b[31m\u2028c")).toBe("a b [31m c");
  expect(masked("error", "ab ".repeat(1000)).length).toBe(600);
});
