import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { beforeEach, expect, it } from "vitest";
import {
  readRegistration,
  registrationPath,
  writeRegistration,
} from "../../../src/cache/registrationCache.ts";
import { registrationPath as namedByTest, START_URL } from "../../support/home.ts";
import { ssoSession } from "../../support/sessions.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const NOON = Date.UTC(2026, 2, 1, 12);
const VECTORS = new URL("../../vectors/aws-cli-2.36.7/", import.meta.url);
let system: { env: Record<string, string>; platform: "linux"; now: () => number };
beforeEach(() => {
  system = { env: { HOME: temporaryFolder() }, platform: "linux", now: () => NOON };
});

const session = ssoSession();
const legacy = ssoSession({ name: null, scopes: null });
const put = (content: object) => {
  const path = registrationPath(session, system);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify(content));
};
const device = { clientId: "id", clientSecret: "secret", expiresAt: "2026-03-01T12:15:00Z" };
const forCode = { ...device, grantTypes: ["authorization_code", "refresh_token"] };
const found = { clientId: "id", clientSecret: "secret", expiresAt: NOON + 15 * 60_000 };

it.each([
  ["pkce-session", session],
  ["device-session", session],
  ["device-legacy", legacy],
])("writes the same file as the AWS CLI, by name and content (%s)", (scenario, of) => {
  const name = registrationPath(of, { env: { HOME: "/h" }, platform: "linux" }).slice("/h/.aws".length);
  const vector = readFileSync(new URL(`${scenario}/dot-aws${name}`, VECTORS), "utf8");
  const client = JSON.parse(vector);
  writeRegistration(of, { ...client, expiresAt: Date.parse(client.expiresAt) }, system);
  expect(readFileSync(registrationPath(of, system), "utf8")).toBe(vector);
});

it.each([
  ["no scopes", null],
  ["empty scopes", []],
  ["several scopes", ["sso:account:access", "codewhisperer:\u00e9"]],
])("names the file of a session with %s as the AWS CLI does", (_, scopes) => {
  const path = registrationPath(ssoSession({ name: "caf\u00e9", scopes }), system);
  const key = { region: "eu-west-1", scopes, sessionName: "caf\u00e9", startUrl: START_URL };
  expect(path).toBe(`${system.env.HOME}/${namedByTest(key)}`);
});

it("reuses a registration with 15 minutes left, for its own grant only", () => {
  put(device);
  expect(readRegistration(session, "device_code", system)).toEqual(found);
  expect(readRegistration(session, "authorization_code", system)).toBeUndefined();
  put(forCode);
  expect(readRegistration(session, "authorization_code", system)).toEqual(found);
  expect(readRegistration(session, "device_code", system)).toBeUndefined();
});

it.each([
  ["a second less than 15 minutes", { ...device, expiresAt: "2026-03-01T12:14:59Z" }],
  ["an unreadable time", { ...device, expiresAt: "later" }],
  ["no time", { ...device, expiresAt: undefined }],
  ["no client id", { ...device, clientId: undefined }],
  ["a secret that is no text", { ...device, clientSecret: 7 }],
])("registers anew with %s", (_, content) => {
  put(content);
  expect(readRegistration(session, "device_code", system)).toBeUndefined();
});

it("is a miss without a file", () => {
  expect(readRegistration(session, "device_code", system)).toBeUndefined();
});
