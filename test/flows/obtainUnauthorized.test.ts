import { rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { tokenPath } from "../support/home.ts";
import {
  ASSIGNMENT,
  keyOf,
  pathsAsked,
  putRole,
  putToken,
  readTokenFile,
  roleArguments,
  signedInWorld,
} from "../support/signedIn.ts";
import { signInWorld } from "../support/signInWorld.ts";

const UNAUTHORIZED = {
  kind: "status",
  status: 401,
  body: { message: "Session token not found or invalid", __type: "x#UnauthorizedException" },
} as const;

describe("the portal answers 401 with a token the cache calls valid", () => {
  it("a refreshed token is tried", async () => {
    const world = await signInWorld();
    const { accessToken } = await putToken(world);
    world.center.expireAccessTokens();
    const call = await world.call();
    expect([call.code, call.stderr]).toEqual([0, ""]);
    expect(keyOf(call)).toMatch(/^ASIA/);
    expect(pathsAsked(world)).toEqual([ASSIGNMENT, "/token", ASSIGNMENT]);
    expect((await readTokenFile(world)).accessToken).not.toBe(accessToken);
    expect(world.opened()).toEqual([]);
  });

  it("one refresh serves callers for several roles", async () => {
    const world = await signedInWorld();
    world.center.expireAccessTokens();
    const calls = await Promise.all(
      ["ReadOnly", "Admin", "ReadOnly"].map((role) => world.call(roleArguments(role))),
    );
    expect(calls.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(world.center.count("/token")).toBe(1);
  });

  it("after the refreshed one, a person is asked, and not before", async () => {
    const world = await signedInWorld();
    world.center.misbehave({ path: ASSIGNMENT, times: 2, how: UNAUTHORIZED });
    const call = await world.call();
    expect([call.code, call.stderr]).toEqual([0, ""]);
    expect(pathsAsked(world)).toEqual([
      ASSIGNMENT,
      "/token",
      ASSIGNMENT,
      "/client/register",
      "/token",
      ASSIGNMENT,
    ]);
    expect(world.opened()).toHaveLength(1);
    await world.settled();
  });

  it("a new token that a logout has revoked and removed is no refusal: a person is asked again", async () => {
    const world = await signInWorld();
    const logout = {
      toJSON() {
        rmSync(join(world.home.path, tokenPath("corp")));
        return UNAUTHORIZED.body;
      },
    };
    world.center.misbehave({ path: ASSIGNMENT, times: 1, how: { ...UNAUTHORIZED, body: logout } });
    const call = await world.call();
    expect([call.code, call.stderr]).toEqual([0, ""]);
    expect(world.opened()).toHaveLength(2);
    await world.settled();
  });

  it("a person is asked at once if it cannot be refreshed", async () => {
    const world = await signedInWorld({ fields: { refreshToken: undefined } });
    world.center.revokeSessions();
    expect((await world.call()).code).toBe(0);
    expect(pathsAsked(world)).toEqual([ASSIGNMENT, "/client/register", "/token", ASSIGNMENT]);
    await world.settled();
  });

  it("and rejects every new token, too: one tab, and the rejection holds back the next ones", async () => {
    const world = await signedInWorld();
    world.center.misbehave({ path: ASSIGNMENT, how: UNAUTHORIZED });
    const refusal =
      "the portal refuses every new token of 'corp': check sso_start_url (https://d-1234567890.awsapps.com/start) and sso_region (eu-west-1) in [sso-session corp], and whether the user is disabled";
    const run = "\n  run: sso-cred login corp\n";
    for (let attempt = 0; attempt < 6; attempt++) {
      expect(await world.call()).toMatchObject({ code: 5, stdout: "", stderr: `sso-cred: ${refusal}${run}` });
    }
    world.clock.advance(10_000);
    const later = await world.call();
    expect([later.code, later.stderr.startsWith(`sso-cred: ${refusal}, so no browser is opened`)]).toEqual([
      4,
      true,
    ]);
    expect(world.opened()).toHaveLength(1);
    await world.settled();
  });

  it("and rejects one more after the back-off: the back-off doubles until a token works", async () => {
    const world = await signInWorld();
    const refuse = { path: ASSIGNMENT, how: UNAUTHORIZED } as const;
    world.center.misbehave(refuse);
    expect((await world.call()).code).toBe(5);
    world.clock.advance(15 * 60_000);
    expect((await world.call()).code).toBe(5);
    world.clock.advance(29 * 60_000);
    expect([(await world.call()).code, world.opened().length]).toEqual([4, 2]);
    world.center.behave();
    world.clock.advance(60_000);
    expect((await world.call()).code).toBe(0);
    expect(await world.traces()).toEqual([]);
  });

  it("once for all waiting callers, with one sign-in", async () => {
    const world = await signedInWorld();
    world.center.revokeSessions();
    const calls = await Promise.all(Array.from({ length: 6 }, () => world.call()));
    expect(calls.map(({ code }) => code)).toEqual(Array(6).fill(0));
    expect(world.center.count(ASSIGNMENT)).toBe(2);
    expect(world.opened()).toHaveLength(1);
    await world.settled();
  });

  it("and with every refreshed token, too: one refresh and one sign-in for all roles", async () => {
    const world = await signedInWorld({ browser: "ignore", env: { SSO_CRED_WAIT: "8" } });
    world.center.misbehave({ path: ASSIGNMENT, how: UNAUTHORIZED });
    const roles = ["ReadOnly", "Admin", "ReadOnly"];
    const calls = await Promise.all(roles.map((role) => world.call(roleArguments(role))));
    expect(calls.map(({ code }) => code)).toEqual([4, 4, 4]);
    expect([world.center.count("/token"), world.opened().length]).toEqual([1, 1]);
    await world.call(["logout", "corp"]);
    await world.settled();
  });

  it("the token is not refreshed while a sign-in is open: its end is awaited", async () => {
    const world = await signInWorld({ browser: "ignore", env: { SSO_CRED_WAIT: "8" } });
    const { accessToken } = await putToken(world);
    const login = world.call(["login", "corp"]);
    await world.until(() => world.opened().length === 1);
    world.center.expireAccessTokens();
    const { code, stderr } = await world.call();
    expect([code, stderr]).toEqual([4, expect.stringContaining("is open and waits for you")]);
    expect((await readTokenFile(world)).accessToken).toBe(accessToken);
    expect(world.center.count("/token")).toBe(0);
    await world.call(["logout", "corp"]);
    await login;
    await world.settled();
  });

  it("an outage at the refresh starts no sign-in: exit 7, and the token stays", async () => {
    const world = await signInWorld({ center: { servers: "separate" } });
    const file = await putToken(world);
    world.center.expireAccessTokens();
    await world.center.goDown("oidc");
    const { code, stdout } = await world.call();
    expect([code, stdout]).toEqual([7, ""]);
    expect(world.opened()).toEqual([]);
    expect(await readTokenFile(world)).toEqual(file);
  });

  it("while nobody may be asked, cached credentials are printed, with one attempt a minute", async () => {
    const world = await signedInWorld({ env: { CI: "1" } });
    world.center.revokeSessions();
    const key = await putRole(world, 600);
    expect(keyOf(await world.call())).toBe(key);
    const asked = pathsAsked(world).length;
    expect(keyOf(await world.call())).toBe(key);
    expect(pathsAsked(world)).toHaveLength(asked);
    world.clock.advance(61_000);
    expect(keyOf(await world.call())).toBe(key);
    expect(pathsAsked(world).length).toBeGreaterThan(asked);
  });
});
