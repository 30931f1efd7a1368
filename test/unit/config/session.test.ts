import { describe, expect, test } from "vitest";
import { onlySession, resolveSession } from "../../../src/config/session.ts";
import { failureOf, userConfig } from "../../support/userConfig.ts";

const CORP = "[sso-session corp]\nsso_start_url = https://d-1.awsapps.com/start#/\nsso_region = eu-west-1\n";

function resolve(text: string, env: Record<string, string> = {}, name = "corp") {
  const { config, system } = userConfig(text, { env });
  return resolveSession(config, name, system);
}

function failure(text: string, env: Record<string, string> = {}) {
  const { config, system, path } = userConfig(text, { env });
  return failureOf(() => resolveSession(config, "corp", system), path);
}

describe("a session", () => {
  test("is read from its section", () => {
    expect(resolve(CORP)).toEqual({
      name: "corp",
      startUrl: "https://d-1.awsapps.com/start#/",
      region: "eu-west-1",
      scopes: null,
      login: undefined,
      endpoints: { useFips: false, useDualstack: false },
      caBundle: undefined,
      loginArguments: "corp",
    });
  });

  test.each<[text: string, scopes: string[] | null]>([
    ["", null],
    ["sso_registration_scopes =", []],
    ["sso_registration_scopes = ,", []],
    ["sso_registration_scopes = sso:account:access", ["sso:account:access"]],
    ["sso_registration_scopes = a, b ,,c # d", ["a", "b", "c"]],
    ["sso_registration_scopes = a,\n  b", ["a", "b"]],
  ])("with %j asks for the scopes %j", (line, scopes) => {
    expect(resolve(`${CORP}${line}\n`).scopes).toEqual(scopes);
  });

  test("keeps its start URL unchanged, without comments", () => {
    const url = "HTTPS://Corp.awsapps.com:443/start/../Start/?a=%7E#/";
    const text = `[sso-session corp]\nsso_start_url = ${url} # ours\nsso_region = eu-west-1 ; here\n`;
    expect(resolve(text)).toMatchObject({ startUrl: url, region: "eu-west-1" });
  });

  test.each(["http://127.0.0.1:8080/start", "http://localhost/start", "http://[::1]:1/start"])(
    "may have the start URL %s, which does not leave this machine",
    (url) => {
      expect(resolve(CORP.replace(/https.*/, url)).startUrl).toBe(url);
    },
  );

  test.each(["ap-southeast-99", "us-gov-south-1", "eusc-de-west-2"])(
    "may be in %s, a region that is newer than this program",
    (region) => {
      expect(resolve(CORP.replace("eu-west-1", region)).region).toBe(region);
    },
  );

  test("may have any word for its region where both endpoints are configured", () => {
    const env = { AWS_ENDPOINT_URL: "http://localhost:4566" };
    expect(resolve(CORP.replace("eu-west-1", "local"), env).region).toBe("local");
  });

  test("may be named with blanks, which the remedy quotes", () => {
    const text = CORP.replace("corp", "'my sso'");
    expect(resolve(text, {}, "my sso")).toMatchObject({ name: "my sso", loginArguments: '"my sso"' });
  });

  test("takes the sign-in mode from the variable, else from its section", () => {
    const text = `${CORP}sso_cred_login = device\n`;
    expect(resolve(text).login).toBe("device");
    expect(resolve(text, { SSO_CRED_LOGIN: "" }).login).toBe("device");
    expect(resolve(text, { SSO_CRED_LOGIN: "never" }).login).toBe("never");
    expect(resolve(`${CORP}sso_cred_login = nonsense\n`, { SSO_CRED_LOGIN: "auto" }).login).toBe("auto");
  });

  test("ignores the variables that the calling SDK sets", () => {
    const env = {
      AWS_PROFILE: "other",
      AWS_DEFAULT_PROFILE: "other",
      AWS_REGION: "us-east-2",
      AWS_DEFAULT_REGION: "us-east-2",
    };
    expect(resolve(`${CORP}[profile other]\nendpoint_url = https://other\n`, env)).toEqual(resolve(CORP));
  });
});

describe("the refusal of a session", () => {
  const init = { run: "sso-cred init corp" };
  const where = "CONFIG: [sso-session corp]";
  test.each<[why: string, text: string, message: string, remedy?: object]>([
    ["without a section", "", "CONFIG has no [sso-session corp]", init],
    [
      "without a section among others",
      "[sso-session a]\n[sso-session b c]\n",
      "CONFIG has no [sso-session corp]; it has a, b c",
      init,
    ],
    [
      "without a section among many others",
      Array.from({ length: 12 }, (_, i) => `[sso-session s${i}]\n`).join(""),
      "CONFIG has no [sso-session corp]; it has s0, s1, s2, s3, s4, s5, s6, s7, s8, s9 and 2 more",
      init,
    ],
    ["without a region", CORP.replace(/sso_region.*/, "sso_region ="), `${where} has no sso_region`],
    ["without anything", "[sso-session corp]\n", `${where} has no sso_start_url and no sso_region`],
    [
      "with a region that is none",
      CORP.replace("eu-west-1", "eu-west-1.evil.example/"),
      `${where}: sso_region eu-west-1.evil.example/ is not an AWS region`,
    ],
    [
      "with an http start URL",
      CORP.replace("https", "http"),
      `${where}: sso_start_url is not an https URL: http://d-1.awsapps.com/start#/`,
    ],
    [
      "with a start URL in two lines",
      CORP.replace("start#/", "start\n  more"),
      `${where}: sso_start_url is not an https URL, as its character 30 is U+000A, a line break: https://d-1.awsapps.com/start more`,
    ],
    [
      "with a start URL that is none",
      CORP.replace(/https.*/, "corp"),
      `${where}: sso_start_url is not an https URL: corp`,
    ],
    [
      "with a start URL that has a character in it that nobody sees",
      CORP.replace("d-1", "d-1\u200b"),
      `${where}: sso_start_url is not an https URL, as its character 12 is U+200B, a zero-width space: https://d-1 .awsapps.com/start#/`,
    ],
    ...["https://me:hunter2@d-1.awsapps.com/", "https://hunter2@d-1.awsapps.com/"].map(
      (url): [string, string, string] => [
        `with the start URL ${url}`,
        CORP.replace(/https.*/, url),
        `${where}: sso_start_url must not contain a user name or a password`,
      ],
    ),
    [
      "with a password in a start URL that is none, without showing it",
      CORP.replace(/https.*/, "http://me:hunt/er2@d-1.awsapps.com/"),
      `${where}: sso_start_url is not an https URL: http://…@d-1.awsapps.com/`,
    ],
    [
      "with a region that no partition knows",
      CORP.replace("eu-west-1", "EU_West_1"),
      `${where}: sso_region EU_West_1 is not an AWS region; did you mean eu-west-1?`,
    ],
    [
      "with a region that has a character in it that nobody sees",
      CORP.replace("eu-west-1", "eu-west-\u200b1"),
      `${where}: sso_region eu-west- 1 is not an AWS region, as its character 9 is U+200B, a zero-width space`,
    ],
    [
      "with a way to sign in that has a character in it that nobody sees",
      `${CORP}sso_cred_login = never\u200b\n`,
      `${where}: sso_cred_login is never (character 6 is U+200B, a zero-width space); use auto, browser, device, never`,
    ],
    [
      "with an unknown way to sign in",
      `${CORP}sso_cred_login = telephone\n`,
      `${where}: sso_cred_login is telephone; use auto, browser, device, never`,
    ],
  ])("%s", (_why, text, message, remedy = {}) => {
    expect(failure(text)).toEqual({ kind: "config", message, remedy });
  });

  test("for an unknown SSO_CRED_LOGIN is a usage error", () => {
    expect(failure(CORP, { SSO_CRED_LOGIN: "tele\nphone" })).toEqual({
      kind: "usage",
      message:
        "SSO_CRED_LOGIN is tele phone (character 5 is U+000A, a line break); use auto, browser, device, never",
      remedy: {},
    });
  });
});

describe("without a session named", () => {
  test("the only one is taken; of several, all are listed", () => {
    expect(onlySession(userConfig(CORP).config)).toEqual({ only: "corp" });
    expect(onlySession(userConfig(`${CORP}[sso-session b]\n${CORP}`).config)).toEqual({
      several: ["corp", "b"],
    });
  });

  test("a config without any is an error that says how to add one", () => {
    const { config, path } = userConfig("[profile x]\n");
    expect(() => onlySession(config)).toThrow(
      expect.objectContaining({
        kind: "config",
        message: `${path} has no [sso-session]`,
        remedy: { run: "sso-cred init" },
      }),
    );
  });
});
