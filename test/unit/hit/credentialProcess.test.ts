import { expect, it } from "vitest";
import { credentialProcessOutput, parseRoleCredentials } from "../../../src/hit/credentialProcess.ts";
import { fc } from "../../support/fuzzing.ts";
import { roleFile } from "../../support/home.ts";

const NOON = Date.UTC(2026, 2, 1, 12);
const ACCOUNT = "123456789011";
const credentials = {
  accessKeyId: "ASIAEXAMPLEEXAMPLE01",
  secretAccessKey: "example-secret",
  sessionToken: "example-session-token",
  expiration: NOON,
};

it("writes the version 1 document with the account, in one line", () => {
  expect(credentialProcessOutput(credentials, ACCOUNT)).toBe(
    '{"Version":1,"AccessKeyId":"ASIAEXAMPLEEXAMPLE01","SecretAccessKey":"example-secret",' +
      '"SessionToken":"example-session-token","Expiration":"2026-03-01T12:00:00Z","AccountId":"123456789011"}\n',
  );
});

it("writes printable ASCII, whatever the portal sent", () => {
  const odd = { ...credentials, sessionToken: "\u009b31m \u202e \u0007 \ud800 é \u2028 😀" };
  const output = credentialProcessOutput(odd, ACCOUNT);
  expect(output).toMatch(/^[ -~]+\n$/);
  expect(JSON.parse(output).SessionToken).toBe(odd.sessionToken);
});

it("reads the AWS CLI's file", () => {
  expect(parseRoleCredentials(JSON.stringify(roleFile(NOON, ACCOUNT)), ACCOUNT)).toEqual(credentials);
});

it("reads a file of an older AWS CLI, without AccountId", () => {
  const file = roleFile(NOON, ACCOUNT) as { Credentials: Record<string, unknown> };
  delete file.Credentials.AccountId;
  expect(parseRoleCredentials(JSON.stringify(file), ACCOUNT)).toEqual(credentials);
});

const changed = (change: (file: Record<string, unknown>, fields: Record<string, unknown>) => void) => {
  const file = roleFile(NOON, ACCOUNT) as { Credentials: Record<string, unknown> };
  change(file as Record<string, unknown>, file.Credentials);
  return JSON.stringify(file);
};

it.each([
  ["nothing", ""],
  ["half a file", JSON.stringify(roleFile(NOON, ACCOUNT)).slice(0, 90)],
  ["a list", "[]"],
  ["a string", '"sso"'],
  ["null", "null"],
  ["a number", "7"],
  ["another provider's", changed((file) => Object.assign(file, { ProviderType: "assume-role" }))],
  ["no provider's", changed((file) => delete file.ProviderType)],
  ["no credentials", '{"ProviderType": "sso"}'],
  ["credentials that are null", '{"ProviderType": "sso", "Credentials": null}'],
  ["credentials that are a text", '{"ProviderType": "sso", "Credentials": "x"}'],
  ["another account's", changed((_, fields) => Object.assign(fields, { AccountId: "210987654321" }))],
  ["an account that is a number", changed((_, fields) => Object.assign(fields, { AccountId: 123456789011 }))],
  ["an unreadable time", changed((_, fields) => Object.assign(fields, { Expiration: "soon" }))],
  ["an empty key", changed((_, fields) => Object.assign(fields, { AccessKeyId: "" }))],
  ["no secret", changed((_, fields) => delete fields.SecretAccessKey)],
  ["a session token that is a list", changed((_, fields) => Object.assign(fields, { SessionToken: ["x"] }))],
])("reads %s as nothing", (_, text) => {
  expect(parseRoleCredentials(text, ACCOUNT)).toBeUndefined();
});

it("never throws, whatever a file holds", () => {
  const json = fc.json({ maxDepth: 4 });
  fc.assert(
    fc.property(fc.oneof(json, fc.string()), (text) => {
      expect(parseRoleCredentials(text, ACCOUNT)).toBeUndefined();
    }),
  );
});
