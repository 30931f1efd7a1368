import { describe, expect, it } from "vitest";
import { runCli } from "../../src/cli/cli.ts";
import { fakeSystem } from "../support/fakeSystem.ts";
import { rolePath, START_URL, tokenFile, tokenPath } from "../support/home.ts";
import { ACCOUNT, ASSIGNMENT, putRole, roleArguments, signedInWorld } from "../support/signedIn.ts";
import { MAIN_JOB, signInWorld } from "../support/signInWorld.ts";

describe("an account or role rejected by the service is exit 6, and no sign-in", () => {
  const told = (middle: string, role = "Gone") =>
    `sso-cred: no access to the role '${role}' in account ${ACCOUNT} (${middle}\n`;
  const list = "sso-cred list corp shows all";
  const logout = "; signed in as somebody else?\n  run: sso-cred logout corp";

  it("403: the message names account and role, and the assigned roles", async () => {
    const world = await signedInWorld();
    const { code, stdout, stderr } = await world.call(roleArguments("Gone"));
    expect([code, stdout]).toEqual([6, ""]);
    expect(stderr).toBe(
      told(`ForbiddenException: No access); assigned to you there: ReadOnly, Admin (${list})${logout}`),
    );
    expect(world.opened()).toEqual([]);
    expect(world.center.count("/token")).toBe(0);
  });

  it("an account that is not assigned is named with those that are", async () => {
    const world = await signedInWorld();
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
        `Development (123456789011), Production (210987654321) (${list})${logout}\n`,
    );
  });

  it("an account that is assigned without a role is told as such", async () => {
    const world = await signedInWorld();
    for (const account of world.center.accounts) account.roles = [];
    const { code, stderr } = await world.call();
    expect(code).toBe(6);
    expect(stderr).toContain(`; no role is assigned to you there${logout}\n`);
  });

  it("with nothing assigned at all, it asks who is signed in, also in the browser", async () => {
    const world = await signedInWorld();
    world.center.accounts = [];
    const { code, stderr } = await world.call();
    expect(code).toBe(6);
    expect(stderr).toContain(
      `nothing is assigned to you: signed in as somebody else? the browser's own session at ${START_URL} has to be signed out as well\n  run: sso-cred logout corp\n`,
    );
  });

  it.each([
    [400, "InvalidRequestException"],
    [404, "ResourceNotFoundException"],
  ])("%d for a role that is listed: the message says so", async (status, exception) => {
    const world = await signedInWorld();
    const body = { message: "No", __type: `com.amazonaws.switchboard.portal#${exception}` };
    world.center.misbehave({ path: ASSIGNMENT, how: { kind: "status", status, body } });
    const { code, stderr } = await world.call();
    expect(code).toBe(6);
    const still = "the portal lists it as assigned to you, but refuses it";
    expect(stderr).toBe(told(`${exception}: No); ${still}${logout}`, "ReadOnly"));
  });

  it("the message has no list if there is none", async () => {
    const world = await signedInWorld();
    world.center.misbehave({ path: "/assignment/roles", how: { kind: "status", status: 503 } });
    const { code, stderr } = await world.call(roleArguments("Gone"));
    expect([code, stderr]).toEqual([6, told(`ForbiddenException: No access)${logout}`)]);
  });

  it("the list is not waited for longer than the run may last", async () => {
    const world = await signedInWorld();
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

  it("even if credentials of the role are cached that are valid for ten more minutes", async () => {
    const world = await signedInWorld();
    await putRole(world, 600);
    world.center.forbid("ReadOnly");
    const { code, stdout } = await world.call();
    expect([code, stdout]).toEqual([6, ""]);
  });

  it("the same call within 10 s gets the same error without a request; later, or after a sign-in, it asks again", async () => {
    const world = await signedInWorld();
    const first = await world.call(roleArguments("Gone"));
    const asked = world.center.count(ASSIGNMENT);
    expect(await world.call(roleArguments("Gone"))).toMatchObject({ code: 6, stderr: first.stderr });
    expect(world.center.count(ASSIGNMENT)).toBe(asked);
    await world.call(["login", "corp"]);
    await world.call(roleArguments("Gone"));
    expect(world.center.count(ASSIGNMENT)).toBe(asked + 1);
    world.clock.advance(11_000);
    await world.call(roleArguments("Gone"));
    expect(world.center.count(ASSIGNMENT)).toBe(asked + 2);
  });

  it("for all waiting callers, with one request", async () => {
    const world = await signedInWorld();
    const calls = await Promise.all(Array.from({ length: 6 }, () => world.call(roleArguments("Gone"))));
    expect(calls.map(({ code }) => code)).toEqual(Array(6).fill(6));
    expect(world.center.count(ASSIGNMENT)).toBe(1);
  });
});

it("credentials of a person who has signed in meanwhile are not mixed with those of the earlier one", async () => {
  const world = await signedInWorld();
  world.center.misbehave({ path: ASSIGNMENT, how: { kind: "latency", ms: 300 } });
  const calling = world.call(MAIN_JOB);
  await expect.poll(() => world.center.count(ASSIGNMENT)).toBe(1);
  await world.home.write(tokenPath("corp"), {
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
