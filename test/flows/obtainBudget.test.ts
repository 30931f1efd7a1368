import { describe, expect, it } from "vitest";
import { runCli } from "../../src/cli/cli.ts";
import { fakeSystem } from "../support/fakeSystem.ts";
import { rolePath, sessionSection } from "../support/home.ts";
import {
  ACCOUNT,
  ASSIGNMENT,
  keyOf,
  pathsAsked,
  putLock,
  putRole,
  putToken,
  readTokenFile,
  roleLock,
  signedInWorld,
  tokenLock,
} from "../support/signedIn.ts";
import { MAIN_JOB, signInWorld } from "../support/signInWorld.ts";

const busy = { kind: "status", status: 503 } as const;

describe("retries", () => {
  it.each([
    ["429", { kind: "status", status: 429 }],
    ["5xx", busy],
    ["a dropped line", { kind: "drop" }],
    ["half an answer", { kind: "half" }],
  ] as const)("hide %s", async (_, how) => {
    const world = await signedInWorld();
    world.center.misbehave({ path: ASSIGNMENT, times: 3, how });
    const { code, stderr } = await world.call();
    expect([code, stderr, world.center.count(ASSIGNMENT)]).toEqual([0, "", 4]);
  });

  it("of the portal take 10 s in all, and more than one attempt", async () => {
    const world = await signedInWorld();
    world.center.misbehave({ path: ASSIGNMENT, how: busy });
    const { code, stdout, ms } = await world.call();
    expect([code, stdout]).toEqual([7, ""]);
    expect(ms).toBeLessThanOrEqual(10_000);
    expect(ms).toBeGreaterThan(3_000);
  });

  it("take 3 s when something still valid can be printed instead", async () => {
    const world = await signedInWorld();
    const key = await putRole(world, 600);
    world.center.misbehave({ path: ASSIGNMENT, how: busy });
    const call = await world.call();
    expect(keyOf(call)).toBe(key);
    expect(call.ms).toBeLessThanOrEqual(3_000);
    expect(world.center.count(ASSIGNMENT)).toBeGreaterThan(1);
  });

  it("of refresh and portal together take 10 s", async () => {
    const world = await signedInWorld({ secondsLeft: -1 });
    const how = { kind: "status", status: 429, headers: { "retry-after": "6" } } as const;
    world.center.misbehave({ path: "/token", times: 1, how });
    world.center.misbehave({ path: ASSIGNMENT, how });
    const { code, ms } = await world.call();
    expect([code, pathsAsked(world)]).toEqual([7, ["/token", "/token", ASSIGNMENT]]);
    expect(ms).toBeLessThan(10_000);
  });

  it("are made after a sign-in, however long the person took", async () => {
    const world = await signedInWorld({ browser: "ignore" });
    world.center.revokeSessions();
    const calling = world.call();
    // Polling in real time would let the fake clock advance.
    await world.until(() => world.opened().length === 1);
    await world.clock.sleep(20_000);
    await putToken(world);
    world.center.misbehave({ path: ASSIGNMENT, times: 2, how: busy });
    const { code, ms } = await calling;
    expect([code, ms > 20_000]).toEqual([0, true]);
    await world.settled();
  });

  it("are not made after a failure that does not pass within seconds", async () => {
    const world = await signedInWorld();
    world.center.misbehave({ path: ASSIGNMENT, how: { kind: "captivePortal" } });
    expect((await world.call()).ms).toBe(0);
    expect(world.center.count(ASSIGNMENT)).toBe(1);
  });

  it("wait as long as the service asks if the budget allows, and end if not", async () => {
    const world = await signedInWorld();
    const retryAfter = (seconds: number) =>
      ({ kind: "status", status: 429, headers: { "retry-after": String(seconds) } }) as const;
    world.center.misbehave({ path: ASSIGNMENT, times: 1, how: retryAfter(5) });
    const waited = await world.call();
    expect([waited.code, waited.ms >= 5_000, waited.ms < 10_000]).toEqual([0, true, true]);
    await world.home.write(rolePath("corp", ACCOUNT, "ReadOnly"), "");
    world.center.misbehave({ path: ASSIGNMENT, how: retryAfter(60) });
    const { code, ms } = await world.call();
    expect([code, ms]).toEqual([7, 0]);
  });
});

describe("a refresh that is under way", () => {
  it("is not cut off with the retries: its response holds the next refresh token", async () => {
    const world = await signInWorld({ env: { CI: "1" } });
    const { accessToken, refreshToken } = await putToken(world, { secondsLeft: 600 });
    await putRole(world, 600);
    world.center.misbehave({ path: "/token", times: 1, how: { kind: "latency", ms: 3_300 } });
    expect((await world.call()).code).toBe(0);
    const now = await readTokenFile(world);
    expect([now.accessToken === accessToken, now.refreshToken === refreshToken]).toEqual([false, false]);
    expect(world.center.count("/token")).toBe(1);
  }, 20_000);

  it("leaves a short run the time to use the current token", async () => {
    const world = await signedInWorld({ secondsLeft: 300 });
    world.center.misbehave({ path: "/token", how: { kind: "blackHole" } });
    const system = fakeSystem({
      clock: world.clock,
      env: { ...world.home.env, ...world.center.env, SSO_CRED_WAIT: "0.8" },
    });
    expect(await runCli(MAIN_JOB, system)).toBe(0);
    expect(JSON.stringify(system.steps)).toContain("did not answer within 400 ms");
  });

  it("is waited for no longer than the run may last", async () => {
    const world = await signedInWorld({ secondsLeft: -1, env: { SSO_CRED_WAIT: "0.5" } });
    world.center.misbehave({ path: "/token", how: { kind: "blackHole" } });
    const { code, stderr } = await world.call();
    expect([code, stderr]).toEqual([
      7,
      expect.stringMatching(/ did not answer within 500 ms\n {2}run: sso-cred doctor\n$/),
    ]);
  });
});

describe("SSO_CRED_WAIT bounds the run", () => {
  it.each([
    ["0", {}, "SSO_CRED_WAIT allows 0 s\n  run: unset SSO_CRED_WAIT\n"],
    [
      undefined,
      { config: sessionSection("corp", ["sso_cred_wait = 0"]) },
      "sso_cred_wait in the session's section allows 0 s\n  run: sso-cred doctor\n",
    ],
  ])("and is named where it leaves too little time: %s, %j", async (SSO_CRED_WAIT, options, end) => {
    const world = await signedInWorld(options);
    world.center.misbehave({ path: /./, how: { kind: "blackHole" } });
    const { code, stderr } = await world.call(MAIN_JOB, { env: { SSO_CRED_WAIT } });
    expect([code, stderr]).toEqual([7, expect.stringContaining(`; ${end}`)]);
  });

  it("and its retries", async () => {
    const world = await signedInWorld({ secondsLeft: -1 });
    world.center.misbehave({ path: /./, how: busy });
    const { code, ms } = await world.call(MAIN_JOB, { env: { SSO_CRED_WAIT: "2.5" } });
    expect(code).toBe(7);
    expect(ms).toBeLessThanOrEqual(2_500);
  });

  it("counted from the start of the process", async () => {
    const world = await signedInWorld();
    world.center.misbehave({ path: ASSIGNMENT, how: busy });
    const system = fakeSystem({ clock: world.clock, env: { ...world.home.env, ...world.center.env } });
    world.clock.advance(49_000);
    const began = world.clock.now();
    expect(await runCli(MAIN_JOB, system)).toBe(7);
    expect(world.clock.now() - began).toBeLessThanOrEqual(1_000);
  });

  it("with 50 s by default, and its waiting for a person: exit 4 says where the sign-in is open", async () => {
    const world = await signInWorld({ browser: "ignore" });
    const { code, stdout, stderr, ms } = await world.call();
    expect([code, stdout]).toEqual([4, ""]);
    expect(stderr).toMatch(
      /^sso-cred: the sign-in to 'corp' is open and waits for you; .*\n {2}open: http.*\n$/,
    );
    expect(ms).toBeGreaterThanOrEqual(50_000);
    expect(ms).toBeLessThan(50_200);
    await world.call(["logout", "corp"]);
    await world.settled();
  });

  it.each([
    ["role", roleLock(), "asks for the role 'ReadOnly'"],
    ["token", tokenLock(), "refreshes the token of 'corp'"],
  ])("and its waiting for another that holds the %s's lock", async (_, lock, does) => {
    const world = await signedInWorld({ secondsLeft: -1 });
    await putLock(world, lock);
    const { code, stdout, stderr, ms } = await world.call(MAIN_JOB, { env: { SSO_CRED_WAIT: "7" } });
    expect([code, stdout]).toEqual([7, ""]);
    expect(stderr).toBe(
      `sso-cred: waited too long for another sso-cred that ${does} (process ${process.pid}); lock: ${world.home.path}/${lock}\n  run: sso-cred doctor\n`,
    );
    expect(ms).toBeGreaterThanOrEqual(7_000);
    expect(ms).toBeLessThan(7_200);
  });
});
