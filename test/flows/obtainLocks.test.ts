import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { attempt } from "../../src/platform/attempt.ts";
import { sessionSection, tokenPath } from "../support/home.ts";
import {
  ASSIGNMENT,
  keyOf,
  pathsAsked,
  putLock,
  putRole,
  putToken,
  roleArguments,
  roleLock,
  signedInWorld,
  tokenLock,
} from "../support/signedIn.ts";
import { MAIN_JOB, type SignInWorld, signInWorld } from "../support/signInWorld.ts";

const LOCKS = ".aws/sso-cred/locks";
const locksIn = ({ home }: SignInWorld) => attempt(() => readdirSync(join(home.path, LOCKS)), []);

describe("locks", () => {
  it("are taken role first, then session, and released", async () => {
    const world = await signedInWorld({ secondsLeft: -1 });
    world.center.misbehave({ path: "/token", how: { kind: "latency", ms: 200 } });
    const calling = world.call();
    await expect.poll(() => world.center.count("/token")).toBe(1);
    expect(locksIn(world).map((name) => name.split("-")[0])).toEqual(["role", "token"]);
    await calling;
    expect(locksIn(world)).toEqual([]);
  });

  it("are not held while a person signs in", async () => {
    const world = await signInWorld({ browser: "ignore" });
    const seen: string[][] = [];
    const onSleep = () => {
      if (world.opened().length > 0) seen.push(locksIn(world));
    };
    expect((await world.call(MAIN_JOB, { env: { SSO_CRED_WAIT: "5" }, onSleep })).code).toBe(4);
    expect(seen.length).toBeGreaterThan(10);
    expect(seen.flat()).toEqual([]);
    await world.call(["logout", "corp"]);
    await world.settled();
  });

  it.each([
    ["no such process", { pid: 4_194_304 }],
    ["a process of the last boot", { boot: "another" }],
  ])("of a dead process do not delay a call: %s", async (_, changes) => {
    const world = await signedInWorld({ secondsLeft: -1 });
    await putLock(world, roleLock(), changes);
    await putLock(world, tokenLock(), changes);
    expect(await world.call()).toMatchObject({ code: 0, ms: 0 });
  });

  it("are not waited for with a token that has 15 minutes left", async () => {
    const world = await signedInWorld();
    await putLock(world, tokenLock());
    expect(await world.call()).toMatchObject({ code: 0, ms: 0 });
  });

  it.each([
    ["the role's lock, with credentials", roleLock, 3600],
    ["the session's lock, with credentials", tokenLock, -1],
  ])("that stay taken are waited for 3 s if something usable is left: %s", async (_, lock, tokenLeft) => {
    const world = await signedInWorld({ secondsLeft: tokenLeft });
    const key = await putRole(world, 600);
    await putLock(world, lock());
    const call = await world.call();
    expect([call.code, call.stderr, keyOf(call)]).toEqual([0, "", key]);
    expect([call.ms >= 3_000, call.ms < 3_200]).toEqual([true, true]);
    const next = await world.call();
    expect([keyOf(next), next.ms]).toEqual([key, 0]);
    expect(pathsAsked(world)).toEqual([]);
  });

  it("that stay taken are waited for 3 s if something usable is left: a token, once for all roles", async () => {
    const world = await signedInWorld({ secondsLeft: 600 });
    await putLock(world, tokenLock());
    const { code, ms } = await world.call();
    expect([code, ms >= 3_000, ms < 3_200]).toEqual([0, true, true]);
    expect(await world.call(roleArguments("Admin"))).toMatchObject({ code: 0, ms: 0 });
    expect(pathsAsked(world)).toEqual([ASSIGNMENT, ASSIGNMENT]);
  });

  it("that stay taken leave a short run the time to use the current token", async () => {
    const world = await signedInWorld({ secondsLeft: 600, env: { SSO_CRED_WAIT: "2" } });
    await putLock(world, tokenLock());
    const { code, ms } = await world.call();
    expect([code, ms < 1_200]).toEqual([0, true]);
  });

  it("of the role are not taken with SSO_CRED_CACHE=off, where nothing would be saved", async () => {
    const world = await signedInWorld({ env: { SSO_CRED_CACHE: "off" } });
    await putLock(world, roleLock());
    expect(await world.call()).toMatchObject({ code: 0, ms: 0 });
  });

  it("of one session do not delay another", async () => {
    const world = await signedInWorld({
      secondsLeft: -1,
      config: sessionSection("corp") + sessionSection("other"),
    });
    await putToken(world, { secondsLeft: -1, session: "other" });
    await putLock(world, roleLock("other"));
    await putLock(world, tokenLock("other"));
    expect(await world.call()).toMatchObject({ code: 0, ms: 0 });
  });
});

describe("many callers at once", () => {
  it("without a token cost one sign-in, one tab, and one portal call for each role", async () => {
    const world = await signInWorld();
    const roles = Array.from({ length: 12 }, (_, i) => (i % 2 ? "Admin" : "ReadOnly"));
    const calls = await Promise.all(roles.map((role) => world.call(roleArguments(role))));
    expect(calls.map(({ code, stderr }) => [code, stderr])).toEqual(roles.map(() => [0, ""]));
    expect(new Set(calls.map(keyOf)).size).toBe(2);
    expect(world.opened()).toHaveLength(1);
    expect(pathsAsked(world)).toEqual(["/client/register", "/token", ASSIGNMENT, ASSIGNMENT]);
    await world.settled();
    expect(await world.traces()).toEqual([]);
  });

  it("in two sessions cost one sign-in each", async () => {
    const world = await signInWorld({ config: sessionSection("corp") + sessionSection("other") });
    const sessions = ["corp", "other", "corp", "other"];
    const calls = await Promise.all(
      sessions.map((session) => world.call(roleArguments("ReadOnly", session))),
    );
    expect(calls.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    expect(world.opened()).toHaveLength(2);
    expect(await world.home.exists(tokenPath("other"))).toBe(true);
    await world.settled();
  });
});
