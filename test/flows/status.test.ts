import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sessionSection, tokenPath } from "../support/home.ts";
import { ASSIGNMENT, signedInWorld } from "../support/signedIn.ts";
import { MAIN_JOB, signInWorld } from "../support/signInWorld.ts";

const broken = sessionSection("broken").replace(/sso_region.*\n/, "");

it.each([
  ["a folder in the place of the token file", "/in-the-way", "", "is a folder, not a file"],
  ["half a token file", "", '{"accessToken": "abc', "contains no token"],
])("status names %s", async (_, below, text, fault) => {
  const { call, home } = await signInWorld();
  await home.write(`${tokenPath("corp")}${below}`, text);
  const path = join(home.path, tokenPath("corp"));
  expect(await call(["status"])).toMatchObject({
    code: 4,
    stdout: expect.stringContaining(`corp: not signed in; ${path} ${fault}, endpoint`),
  });
  const [data] = JSON.parse((await call(["status", "--json"])).stdout);
  expect(data.tokenFault).toBe(`${path} ${fault}`);
});

const REJECTED = [4, expect.stringContaining("corp: not signed in; the service has rejected the token")];

it.each([
  ["expired", -1],
  ["valid by its date", 3600],
])(
  "status knows what a call has found: nobody can use a token, %s, that the service rejects",
  async (_, secondsLeft) => {
    const world = await signedInWorld({ secondsLeft });
    const statusOf = async () => {
      const { code, stdout } = await world.call(["status"]);
      return [code, stdout];
    };
    world.center.revokeSessions();
    expect((await statusOf())[0]).toBe(0);
    expect((await world.call(MAIN_JOB, { env: { SSO_CRED_LOGIN: "never" } })).code).toBe(4);
    expect(await statusOf()).toEqual(REJECTED);
    const [data] = JSON.parse((await world.call(["status", "--json"])).stdout);
    expect(data).toMatchObject({ usable: false, signedIn: false, refreshable: false });
    const { stdout } = await world.call(["doctor", "--offline"]);
    expect(stdout).toContain("the service has rejected the token of 'corp' [signed-out]");
    expect((await world.call(["login", "corp"])).code).toBe(0);
    expect((await statusOf())[0]).toBe(0);
  },
);

it("status says of a token without a refresh token only that it has expired", async () => {
  const { call } = await signedInWorld({ secondsLeft: -1, fields: { refreshToken: undefined } });
  expect((await call(MAIN_JOB, { env: { SSO_CRED_LOGIN: "never" } })).code).toBe(4);
  const { code, stdout } = await call(["status"]);
  expect([code, stdout]).toEqual([4, expect.stringContaining("corp: expired 0 min ago")]);
});

it("status knows that the portal has rejected a new token", async () => {
  const { call, center } = await signInWorld();
  const rejection = { __type: "UnauthorizedException", message: "Session token not found or invalid" };
  center.misbehave({ path: ASSIGNMENT, how: { kind: "status", status: 401, body: rejection } });
  expect((await call()).code).toBe(5);
  const { code, stdout } = await call(["status"]);
  expect([code, stdout]).toEqual(REJECTED);
  center.behave();
  expect((await call(["login", "corp"])).code).toBe(0);
  expect((await call()).code).toBe(0);
  expect((await call(["status"])).code).toBe(0);
});

describe("status of a session whose settings cannot be used", () => {
  it("says in its line what is wrong, besides the others, and ends with 3", async () => {
    const world = await signedInWorld({ config: sessionSection("corp") + broken });
    const { code, stdout, stderr } = await world.call(["status"]);
    expect([code, stderr]).toEqual([3, ""]);
    expect(stdout).toMatch(
      /^corp: signed in; refreshed automatically .*\nbroken: .*\[sso-session broken\] has no sso_region\n$/,
    );
    expect((await world.call(["status", "corp"])).code).toBe(0);
    expect((await world.call(["status", "broken"])).code).toBe(3);
  });

  it("when it is the only one, and as JSON", async () => {
    const { call } = await signInWorld({ config: broken });
    const { code, stdout } = await call(["status", "--json"]);
    expect([code, JSON.parse(stdout)]).toEqual([
      3,
      [
        {
          session: "broken",
          startUrl: "https://d-1234567890.awsapps.com/start",
          usable: false,
          problem: expect.stringContaining("has no sso_region"),
        },
      ],
    ]);
  });

  it.each([
    ["a session", "[sso-session corp]\n", ["status", "--json"]],
    ["a legacy profile", "[profile corp]\n", ["status"]],
    ["a legacy profile", "[profile corp]\n", ["status", "--json"]],
    ["a legacy profile", "[profile corp]\n", ["logout", "--profile", "corp"]],
  ])("does not show the password in the start URL of %s: %s%j", async (_, header, args) => {
    const { call } = await signInWorld({
      config: `${header}sso_start_url = https://me:hunter2@d-1234567890.awsapps.com/start\nsso_region = eu-west-1\n`,
    });
    const { stdout, stderr } = await call(args);
    expect(stdout).toContain("https://…@d-1234567890.awsapps.com/start");
    expect(stdout + stderr).not.toContain("hunter2");
  });

  it("because of a misspelt SSO_CRED_LOGIN, which every session has", async () => {
    const { call } = await signInWorld({ env: { SSO_CRED_LOGIN: "browsre" } });
    const { code, stdout } = await call(["status"]);
    expect([code, stdout]).toEqual([3, expect.stringContaining("corp: SSO_CRED_LOGIN is browsre")]);
  });

  it.each([
    ["sso_cred_wait = soon", {}, "sso_cred_wait is soon; use 0 to 3600 seconds"],
    ["sso_cred_cache = no", {}, "sso_cred_cache is no; use on or off"],
    ["", { SSO_CRED_WAIT: "5m" }, "SSO_CRED_WAIT must be 0 to 3600 seconds, not 5m"],
  ])("because of a setting that would end a call: %s%j", async (line, env, problem) => {
    const { call } = await signedInWorld({ config: sessionSection("corp", [line]), env });
    const { code, stdout } = await call(["status"]);
    expect([code, stdout]).toEqual([3, expect.stringMatching(new RegExp(`^corp: .*${problem}\n$`))]);
  });
});
