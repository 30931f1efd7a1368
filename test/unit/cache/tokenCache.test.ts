import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { readToken, tokenFileExists, tokenFileText, tokenPath } from "../../../src/cache/tokenCache.ts";
import { ssoSession } from "../../support/sessions.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const NOON = Date.UTC(2026, 2, 1, 12);
const VECTORS = new URL("../../vectors/aws-cli-2.36.7/", import.meta.url);
const session = ssoSession();
let system: { env: Record<string, string>; platform: "linux" };
beforeEach(() => {
  system = { env: { HOME: temporaryFolder() }, platform: "linux" };
});

const file = {
  startUrl: session.startUrl,
  region: session.region,
  accessToken: "at",
  expiresAt: "2026-03-01T12:00:00Z",
  clientId: "id",
  clientSecret: "secret",
  registrationExpiresAt: "2026-05-30T12:00:00Z",
  refreshToken: "rt",
};
const read = (content: unknown) => {
  const path = tokenPath(session, system);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return readToken(session, system);
};
const known = { accessToken: "at", expiresAt: NOON };

describe("the file", () => {
  it.each([
    ["pkce-session", "corp"],
    ["device-legacy", null],
  ])("has the AWS CLI's name, and its bytes for the same values (%s)", (scenario, name) => {
    const corp = ssoSession({ name });
    const path = tokenPath(corp, { env: { HOME: "/h" }, platform: "linux" });
    const vector = readFileSync(
      new URL(`${scenario}/dot-aws${path.slice("/h/.aws".length)}`, VECTORS),
      "utf8",
    );
    const token = { ...JSON.parse(vector), refreshToken: JSON.parse(vector).refreshToken };
    const text = tokenFileText(corp, {
      ...token,
      expiresAt: Date.parse(token.expiresAt) + 999,
      registrationExpiresAt: Date.parse(token.registrationExpiresAt),
    });
    expect(text).toBe(vector);
  });

  it.each([
    ["corp", "ee0bfd2552fbd840c02cc48b6e823320543c450f"],
    ["caf\u00e9", "f424452a9673918c6f09b0cdd35b20be8e6ae7d7"],
  ])("of the session %s is its SHA-1 in UTF-8", (name, hash) => {
    expect(tokenPath(ssoSession({ name }), system)).toBe(`${system.env.HOME}/.aws/sso/cache/${hash}.json`);
  });

  it("keeps unknown fields after ours, lists and `__proto__` included", () => {
    const previous = JSON.parse(
      '{"zone": [1, {"a": "\u00e9"}], "accessToken": "old", "__proto__": {"x": null}}',
    );
    expect(tokenFileText(session, known, previous)).toBe(
      `{"startUrl": "${session.startUrl}", "region": "eu-west-1", "accessToken": "at", ` +
        '"expiresAt": "2026-03-01T12:00:00Z", "zone": [1, {"a": "\\u00e9"}], "__proto__": {"x": null}}',
    );
  });
});

describe("a token", () => {
  it("is read with all that a refresh needs, and with its file", () => {
    expect(read(file)).toEqual({
      ...known,
      clientId: "id",
      clientSecret: "secret",
      registrationExpiresAt: Date.UTC(2026, 4, 30, 12),
      refreshToken: "rt",
      file,
    });
  });

  it("is read even if expired, and if it has no other fields", () => {
    const bare = { accessToken: "at", expiresAt: "2026-03-01T12:00:00UTC" };
    expect(read(bare)).toEqual({ ...known, file: bare });
  });

  it.each([
    ["another start URL", { startUrl: "https://other.awsapps.com/start" }],
    ["the same start URL written otherwise", { startUrl: `${session.startUrl}/` }],
    ["another region", { region: "us-east-1" }],
    ["a start URL that is no text", { startUrl: null }],
    ["no access token", { accessToken: undefined }],
    ["an empty access token", { accessToken: "" }],
    ["an access token that is no text", { accessToken: { a: 1 } }],
    ["no time", { expiresAt: undefined }],
    ["an unreadable time", { expiresAt: "tomorrow" }],
    ["a number for a time", { expiresAt: 1772366400 }],
  ])("with %s is a miss", (_, change) => {
    expect(read({ ...file, ...change })).toBeUndefined();
    expect(tokenFileExists(session, system)).toBe(true);
  });

  it("without a file is a miss", () => {
    expect(readToken(session, system)).toBeUndefined();
    expect(tokenFileExists(session, system)).toBe(false);
  });

  it("drops fields of the wrong type", () => {
    const odd = { ...file, clientId: 7, clientSecret: "", refreshToken: null, registrationExpiresAt: "x" };
    expect(read(odd)).toEqual({ ...known, file: odd });
  });
});
