import { describe, expect, it } from "vitest";
import { runCli } from "../../src/cli/cli.ts";
import { fakeSystem } from "../support/fakeSystem.ts";
import { rolePath, START_URL, tokenFile, tokenPath } from "../support/home.ts";
import {
  ACCOUNT,
  ASSIGNMENT,
  keyOf,
  pathsAsked,
  putRole,
  putToken,
  readTokenFile,
  roleArguments,
} from "../support/signedIn.ts";
import { MAIN_JOB, signInWorld } from "../support/signInWorld.ts";

describe("4. the portal answers 401 with a token the cache calls valid", () => {
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
    const world = await signInWorld();
    await putToken(world);
    world.center.expireAccessTokens();
    const calls = await Promise.all(
      ["ReadOnly", "Admin", "ReadOnly"].map((role) => world.call(roleArguments(role))),
    );
    expect(calls.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(world.center.count("/token")).toBe(1);
  });

  it("after the refreshed one, a person is asked, and not before", async () => {
    const world = await signInWorld();
    await putToken(world);
    world.center.misbehave({
      path: ASSIGNMENT,
      times: 2,
      how: { kind: "status", status: 401, body: UNAUTHORIZED },
    });
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

  it("a person is asked at once if it cannot be refreshed", async () => {
    const world = await signInWorld();
    await putToken(world, { fields: { refreshToken: undefined } });
    world.center.revokeSessions();
    expect((await world.call()).code).toBe(0);
    expect(pathsAsked(world)).toEqual([ASSIGNMENT, "/client/register", "/token", ASSIGNMENT]);
    await world.settled();
  });

  it("and rejects every new token, too: one tab, and the rejection holds back the next ones", async () => {
    const world = await signInWorld();
    await putToken(world);
    world.center.misbehave({ path: ASSIGNMENT, how: { kind: "status", status: 401, body: UNAUTHORIZED } });
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
    const refuse = { path: ASSIGNMENT, how: { kind: "status", status: 401, body: UNAUTHORIZED } } as const;
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
    const world = await signInWorld();
    await putToken(world);
    world.center.revokeSessions();
    const calls = await Promise.all(Array.from({ length: 6 }, () => world.call()));
    expect(calls.map(({ code }) => code)).toEqual(Array(6).fill(0));
    expect(world.center.count(ASSIGNMENT)).toBe(2);
    expect(world.opened()).toHaveLength(1);
    await world.settled();
  });

  it("and with every refreshed token, too: one refresh and one sign-in for all roles", async () => {
    const world = await signInWorld({ browser: "ignore", env: { SSO_CRED_WAIT: "8" } });
    await putToken(world);
    world.center.misbehave({ path: ASSIGNMENT, how: { kind: "status", status: 401, body: UNAUTHORIZED } });
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
    const world = await signInWorld({ env: { CI: "1" } });
    await putToken(world);
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

const UNAUTHORIZED = { message: "Session token not found or invalid", __type: "x#UnauthorizedException" };

describe("4. an account or role rejected by the service is exit 6, and no sign-in", () => {
  const told = (middle: string, role = "Gone") =>
    `sso-cred: no access to the role '${role}' in account ${ACCOUNT} (${middle}\n`;
  const list = "\n  run: sso-cred list corp";
  const logout = "\n  run: sso-cred logout corp";

  it("403: the message names account and role, and the assigned roles", async () => {
    const world = await signInWorld();
    await putToken(world);
    const { code, stdout, stderr } = await world.call(roleArguments("Gone"));
    expect([code, stdout]).toEqual([6, ""]);
    expect(stderr).toBe(
      told(`ForbiddenException: No access); assigned to you there: ReadOnly, Admin${list}`),
    );
    expect(world.opened()).toEqual([]);
    expect(world.center.count("/token")).toBe(0);
  });

  it("an account that is not assigned is named with those that are", async () => {
    const world = await signInWorld();
    await putToken(world);
    const { code, stderr } = await world.call([
      "corp",
      "--account-id",
      "999999999999",
      "--role-name",
      "Admin",
    ]);
    expect(code).toBe(6);
    expect(stderr).toContain(
      "in account 999999999999 (ForbiddenException: No access); the account is not among yours: " +
        `Development (123456789011), Production (210987654321)${list}\n`,
    );
  });

  it("with nothing assigned at all, it asks who is signed in, also in the browser", async () => {
    const world = await signInWorld();
    await putToken(world);
    world.center.accounts = [];
    const { code, stderr } = await world.call();
    expect(code).toBe(6);
    expect(stderr).toContain(
      `nothing is assigned to you: signed in as somebody else? the browser's own session at ${START_URL} has to be signed out, too${logout}\n`,
    );
  });

  it.each([
    [400, "InvalidRequestException"],
    [404, "ResourceNotFoundException"],
  ])("%d for a role that is listed: the message says only that", async (status, exception) => {
    const world = await signInWorld();
    await putToken(world);
    const body = { message: "No", __type: `com.amazonaws.switchboard.portal#${exception}` };
    world.center.misbehave({ path: ASSIGNMENT, how: { kind: "status", status, body } });
    const { code, stderr } = await world.call();
    expect(code).toBe(6);
    const still = "the portal lists it as assigned to you, and still refuses it";
    expect(stderr).toBe(told(`${exception}: No); ${still}`, "ReadOnly"));
  });

  it("the message has no list if there is none", async () => {
    const world = await signInWorld();
    await putToken(world);
    world.center.misbehave({ path: "/assignment/roles", how: { kind: "status", status: 503 } });
    const { code, stderr } = await world.call(roleArguments("Gone"));
    expect([code, stderr]).toEqual([
      6,
      told(`ForbiddenException: No access); signed in as somebody else?${logout}`),
    ]);
  });

  it("the list is not waited for longer than the run may last", async () => {
    const world = await signInWorld();
    await putToken(world);
    world.center.misbehave({ path: "/assignment/roles", how: { kind: "blackHole" } });
    const system = fakeSystem({
      clock: world.clock,
      env: { ...world.home.env, ...world.center.env, SSO_CRED_WAIT: "0.5" },
    });
    expect(await runCli(roleArguments("Gone"), system)).toBe(6);
    const waits = system.steps
      .map(({ details }) => String(details?.error))
      .filter((text) => text.includes("did not answer"));
    expect(waits[0]).toMatch(/did not answer within 500 ms/);
  });

  it("even if valid credentials of another role are cached", async () => {
    const world = await signInWorld();
    await putToken(world);
    await putRole(world, 600);
    world.center.forbid("ReadOnly");
    const { code, stdout } = await world.call();
    expect([code, stdout]).toEqual([6, ""]);
  });

  it("the same call within 10 s gets the same error without a request; later, or after a sign-in, it asks again", async () => {
    const world = await signInWorld();
    await putToken(world);
    const first = await world.call(roleArguments("Gone"));
    const asked = world.center.count(ASSIGNMENT);
    expect(await world.call(roleArguments("Gone"))).toMatchObject({ code: 6, stderr: first.stderr });
    expect(world.center.count(ASSIGNMENT)).toBe(asked);
    world.clock.advance(11_000);
    await world.call(roleArguments("Gone"));
    expect(world.center.count(ASSIGNMENT)).toBe(asked + 1);
  });

  it("for all waiting callers, with one request", async () => {
    const world = await signInWorld();
    await putToken(world);
    const calls = await Promise.all(Array.from({ length: 6 }, () => world.call(roleArguments("Gone"))));
    expect(calls.map(({ code }) => code)).toEqual(Array(6).fill(6));
    expect(world.center.count(ASSIGNMENT)).toBe(1);
  });
});

it("8. credentials of a person who has signed in meanwhile are not mixed with those of the earlier one", async () => {
  const world = await signInWorld();
  await putToken(world);
  world.center.misbehave({ path: ASSIGNMENT, how: { kind: "latency", ms: 300 } });
  const calling = world.call(MAIN_JOB);
  await expect.poll(() => world.center.count(ASSIGNMENT)).toBe(1);
  await world.home.write(`.aws/sso/cache/${"ee0bfd2552fbd840c02cc48b6e823320543c450f"}.json`, {
    startUrl: START_URL,
    region: "eu-west-1",
    accessToken: "somebody-else",
    expiresAt: "2099-01-01T00:00:00Z",
  });
  expect((await calling).code).toBe(0);
  expect(await world.home.exists(rolePath("corp", ACCOUNT, "ReadOnly"))).toBe(false);
});

it("credentials of another start URL are not used once the session has got a new one", async () => {
  const world = await signInWorld({ env: { CI: "1" } });
  await world.home.write(
    tokenPath("corp"),
    tokenFile({ startUrl: "https://other.awsapps.com/start", region: "eu-west-1", ...world.center.signIn() }),
  );
  await putRole(world, 600);
  const { code, stdout } = await world.call();
  expect([code, stdout]).toEqual([4, ""]);
  expect(await world.home.files(".aws/cli")).toEqual([]);
});
