import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { expectAsAwsCli, replay } from "../support/replay.ts";

const TOKEN = "sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json";
const EIGHT_HOURS = 8 * 3600;

const registered = (number: number, until: string) =>
  [
    "POST /client/register",
    {
      clientId: `cid-${number}`,
      clientSecret: `csec-${number}`,
      clientIdIssuedAt: 1,
      clientSecretExpiresAt: Date.parse(until) / 1000,
    },
  ] as const;
const granted = (number: number) =>
  [
    "POST /token",
    {
      accessToken: `at-${number}`,
      refreshToken: `rt-${number}`,
      tokenType: "Bearer",
      expiresIn: EIGHT_HOURS,
    },
  ] as const;
const device = (number: number) =>
  [
    "POST /device_authorization",
    {
      deviceCode: `dev-${number}`,
      userCode: "ABCD-EFGH",
      verificationUri: "https://device.sso.us-east-1.amazonaws.com/",
      verificationUriComplete: "https://device.sso.us-east-1.amazonaws.com/?user_code=ABCD-EFGH",
      expiresIn: 600,
      interval: 3,
    },
  ] as const;
const pending = ["POST /token", { error: "authorization_pending" }, 400] as const;
const role = (number: number, until: string) =>
  [
    "GET /federation/credentials",
    {
      roleCredentials: {
        accessKeyId: `ASIAFAKE${number}`,
        secretAccessKey: `sk/${number}+x`,
        sessionToken: `tok${number}==`,
        expiration: Date.parse(until) + 789,
      },
    },
  ] as const;

it("a sign-in with the browser", async () => {
  const result = await replay({
    scenario: "pkce-session",
    at: "2026-11-22T11:47:12Z",
    args: ["login", "corp"],
    env: { DISPLAY: ":0" },
    script: [registered(23, "2027-02-20T11:47:12Z"), granted(24)],
  });
  expect([result.code, result.system.stdout]).toEqual([0, expect.stringContaining("corp")]);
  expectAsAwsCli(result);
});

it("a sign-in by device code, and credentials", async () => {
  const result = await replay({
    scenario: "device-session",
    at: "2026-11-22T11:47:03Z",
    args: ["--profile", "app"],
    env: { SSO_CRED_LOGIN: "device" },
    script: [
      registered(18, "2027-02-20T11:47:03Z"),
      device(19),
      pending,
      pending,
      granted(20),
      role(21, "2026-11-22T12:47:11Z"),
    ],
  });
  expect([result.code, result.system.stderr]).toEqual([0, ""]);
  expect(result.system.shown).toContain("ABCD-EFGH");
  expect(JSON.parse(result.system.stdout)).toMatchObject({
    AccessKeyId: "ASIAFAKE21",
    Expiration: "2026-11-22T12:47:11Z",
  });
  expectAsAwsCli(result);
});

it("a sign-in to a legacy profile, and credentials", async () => {
  const result = await replay({
    scenario: "device-legacy",
    at: "2026-11-22T11:47:15Z",
    args: ["--profile", "old"],
    script: [
      registered(28, "2027-02-20T11:47:15Z"),
      device(29),
      pending,
      pending,
      granted(30),
      role(31, "2026-11-22T12:47:23Z"),
    ],
  });
  expect([result.code, result.system.stderr]).toEqual([0, ""]);
  expectAsAwsCli(result);
});

it("a refresh, and credentials", async () => {
  const result = await replay({
    scenario: "refresh",
    after: "pkce-session",
    at: "2026-11-22T11:47:14Z",
    args: ["--profile", "app"],
    // The AWS CLI's own token, after its expiry.
    prepare: (aws) => {
      const text = readFileSync(join(aws, TOKEN), "utf8");
      writeFileSync(join(aws, TOKEN), text.replace("2026-11-22T19:47:12Z", "2026-11-22T11:47:13Z"), {
        mode: 0o600,
      });
    },
    script: [granted(25), role(26, "2026-11-22T12:47:14Z")],
  });
  expect([result.code, result.system.stderr]).toEqual([0, ""]);
  expectAsAwsCli(result);
});

it("a logout", async () => {
  const result = await replay({
    scenario: "after-logout",
    after: "device-legacy",
    at: "2026-11-22T11:50:00Z",
    args: ["logout", "--profile", "old"],
    script: [["POST /logout", ""]],
  });
  expect(result.code).toBe(0);
  expectAsAwsCli(result);
});

it.each([
  ["device-session", "app", "ASIAFAKE21"],
  ["device-legacy", "old", "ASIAFAKE31"],
])(
  "credentials that the AWS CLI has cached are printed without a request (%s)",
  async (scenario, profile, key) => {
    const result = await replay({
      scenario,
      after: scenario,
      at: "2026-11-22T12:30:00Z",
      args: ["--profile", profile],
      script: [],
    });
    expect(JSON.parse(result.system.stdout)).toMatchObject({ AccessKeyId: key, AccountId: "111122223333" });
    expect([result.code, result.requests]).toEqual([0, []]);
  },
);
