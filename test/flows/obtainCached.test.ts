import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { How } from "../identityCenter/misbehaviour.ts";
import { roleFile, rolePath, SSO_KEYS, sessionSection } from "../support/home.ts";
import {
  ACCOUNT,
  ASSIGNMENT,
  keyOf,
  pathsAsked,
  putLock,
  putRole,
  putToken,
  roleLock,
  signedInWorld,
} from "../support/signedIn.ts";
import { credentialsOf, signInWorld } from "../support/signInWorld.ts";

const ROLE_FILE = rolePath("corp", ACCOUNT, "ReadOnly");

describe("role credentials in the cache with 15 minutes left are printed", () => {
  it("without a request, a config or a token", async () => {
    const world = await signInWorld({ config: "" });
    const key = await putRole(world, 900);
    const call = await world.call();
    expect([call.code, keyOf(call), pathsAsked(world)]).toEqual([0, key, []]);
  });

  it("with --profile as well, and without waiting for a lock", async () => {
    const world = await signInWorld({ config: `${sessionSection("corp")}[profile dev]\n${SSO_KEYS}` });
    const key = await putRole(world, 900);
    await putLock(world, roleLock());
    const call = await world.call(["--profile", "dev"]);
    expect([call.code, keyOf(call), call.ms, pathsAsked(world)]).toEqual([0, key, 0, []]);
  });

  it("but not with a second less", async () => {
    const world = await signedInWorld();
    const key = await putRole(world, 899);
    const call = await world.call();
    expect([call.code, pathsAsked(world)]).toEqual([0, [ASSIGNMENT]]);
    expect(keyOf(call)).not.toBe(key);
  });
});

describe("else the portal is asked, once for all callers", () => {
  it("and its credentials are written and printed", async () => {
    const world = await signedInWorld();
    const printed = credentialsOf(await world.call());
    const file = await world.home.readJson(ROLE_FILE);
    const { Version, ...fields } = printed;
    expect(Version).toBe(1);
    expect(file).toMatchObject({ ProviderType: "sso", Credentials: fields });
    expect((await world.home.files(".aws/cli")).map(({ mode }) => mode)).toEqual(["600"]);
  });

  it("of twelve callers for one role", async () => {
    const world = await signedInWorld();
    const calls = await Promise.all(Array.from({ length: 12 }, () => world.call()));
    expect(new Set(calls.map(keyOf)).size).toBe(1);
    expect(calls.map(({ code, stderr }) => [code, stderr])).toEqual(Array(12).fill([0, ""]));
    expect(pathsAsked(world)).toEqual([ASSIGNMENT]);
  });

  it("and what another process wrote meanwhile is accepted", async () => {
    const world = await signedInWorld();
    await putLock(world, roleLock());
    let looks = 0;
    const onSleep = () => {
      if (++looks < 5) return;
      writeFileSync(
        join(world.home.path, ROLE_FILE),
        JSON.stringify(roleFile(world.clock.now() + 600_000, ACCOUNT)),
      );
    };
    await putRole(world, -5);
    const call = await world.call(undefined, { onSleep });
    expect([call.code, keyOf(call), pathsAsked(world)]).toEqual([0, "ASIAEXAMPLEEXAMPLE01", []]);
  });

  it("and without a lock if none can be created", async () => {
    const world = await signedInWorld();
    await world.home.write(".aws/sso-cred", "a file in the folder's place");
    const call = await world.call();
    expect([call.code, call.stderr, pathsAsked(world)]).toEqual([0, "", [ASSIGNMENT]]);
  });
});

describe("while the portal is unavailable", () => {
  const outages: [string, How][] = [
    ["throttles", { kind: "status", status: 429 }],
    ["is out of order", { kind: "status", status: 503 }],
    ["drops the line", { kind: "drop" }],
    ["sends half an answer", { kind: "half" }],
    ["is hidden by a captive portal", { kind: "captivePortal" }],
    ["is blocked by a proxy", { kind: "proxy403" }],
    ["is behind a proxy that wants a password", { kind: "proxy407" }],
    ["sends what is no JSON", { kind: "invalidJson" }],
    ["sends no credentials", { kind: "noCredentials" }],
  ];
  it.each(outages)("cached credentials with 60 s left are printed: it %s", async (_, how) => {
    const world = await signedInWorld();
    const key = await putRole(world, 60 + 3);
    world.center.misbehave({ path: ASSIGNMENT, how });
    const call = await world.call();
    expect([call.code, keyOf(call), call.stderr]).toEqual([0, key, ""]);
    expect(world.center.count(ASSIGNMENT)).toBeGreaterThan(0);
    expect(world.opened()).toEqual([]);
  });

  it.each([59, 1, 0, -1000])(
    "cached credentials with %d s left are not printed: exit 7",
    async (secondsLeft) => {
      const world = await signedInWorld();
      await putRole(world, secondsLeft);
      world.center.misbehave({ path: ASSIGNMENT, how: { kind: "captivePortal" } });
      const { code, stdout } = await world.call();
      expect([code, stdout]).toEqual([7, ""]);
    },
  );

  it("there is one attempt a minute, not one per request", async () => {
    const world = await signedInWorld();
    const key = await putRole(world, 600);
    await world.center.goDown();
    expect(keyOf(await world.call())).toBe(key);
    await world.center.comeBack();
    world.clock.advance(59_000);
    expect(keyOf(await world.call())).toBe(key);
    expect(pathsAsked(world)).toEqual([]);
    world.clock.advance(2_000);
    expect(keyOf(await world.call())).not.toBe(key);
    expect(pathsAsked(world)).toEqual([ASSIGNMENT]);
  });

  it("twelve callers at once make one attempt, and all print what is cached", async () => {
    const world = await signedInWorld();
    const key = await putRole(world, 600);
    world.center.misbehave({ path: ASSIGNMENT, how: { kind: "captivePortal" } });
    const calls = await Promise.all(Array.from({ length: 12 }, () => world.call()));
    expect(calls.map(keyOf)).toEqual(Array(12).fill(key));
    expect(world.center.count(ASSIGNMENT)).toBe(1);
  });
});

describe("short role sessions", () => {
  it("cost one call a minute as well", async () => {
    const world = await signedInWorld({ center: { roleCredentialSeconds: 600 } });
    const first = keyOf(await world.call());
    world.clock.advance(59_000);
    expect(keyOf(await world.call())).toBe(first);
    world.clock.advance(2_000);
    expect(keyOf(await world.call())).not.toBe(first);
    expect(world.center.count(ASSIGNMENT)).toBe(2);
  });

  it("of less than a minute cost one call each, and are printed while they are valid", async () => {
    const world = await signedInWorld({ center: { roleCredentialSeconds: 40 } });
    const keys = [keyOf(await world.call()), keyOf(await world.call())];
    expect(new Set(keys).size).toBe(2);
    expect(world.center.count(ASSIGNMENT)).toBe(2);
  });
});

it("credentials that the portal sends expired are not printed: exit 7", async () => {
  const world = await signedInWorld({ center: { roleCredentialSeconds: 0 } });
  const { code, stdout, stderr } = await world.call();
  expect([code, stdout]).toEqual([7, ""]);
  expect(stderr).toBe(
    "sso-cred: the portal sent credentials that have already expired; is the clock right?\n  run: sso-cred doctor\n",
  );
  expect(await world.home.files(".aws/cli")).toEqual([]);
});

it("credentials too long for SDKs are rejected and not cached, and such a file is a miss", async () => {
  const world = await signedInWorld();
  const file = roleFile(world.clock.now() + 3_600_000, ACCOUNT);
  const { Credentials } = file as { Credentials: Record<string, string> };
  Credentials.SessionToken = "x".repeat(8_192);
  const roleCredentials = {
    accessKeyId: Credentials.AccessKeyId,
    secretAccessKey: Credentials.SecretAccessKey,
    sessionToken: Credentials.SessionToken,
    expiration: world.clock.now() + 3_600_000,
  };
  const how = { kind: "status", status: 200, body: { roleCredentials } } as const;
  world.center.misbehave({ path: ASSIGNMENT, times: 1, how });
  const refused = await world.call();
  expect([refused.code, refused.stdout]).toEqual([7, ""]);
  expect(refused.stderr).toContain("the portal sent credentials that are longer than SDKs accept (8 KiB)\n");
  expect(await world.home.files(".aws/cli/cache")).toEqual([]);
  await world.home.write(ROLE_FILE, file);
  expect((await world.call()).code).toBe(0);
});

it("while nobody signs in, cached credentials are printed, with one attempt a minute", async () => {
  const world = await signedInWorld({
    secondsLeft: -1,
    fields: { refreshToken: undefined },
    env: { CI: "1" },
  });
  const key = await putRole(world, 600);
  expect(keyOf(await world.call())).toBe(key);
  const next = await world.call();
  expect([keyOf(next), next.ms]).toEqual([key, 0]);
});

describe("while a person has to sign in, with usable credentials in the cache", () => {
  it("the sign-in is opened, and waited for 3 s", async () => {
    const world = await signInWorld({ browser: "ignore" });
    const key = await putRole(world, 600);
    const call = await world.call(undefined, { terminal: "1" });
    expect([call.code, call.stderr, keyOf(call)]).toEqual([0, "", key]);
    expect(call.shown).toContain((await world.pending())?.url);
    // On a busy machine the fake clock may jump further. Without a cache the wait is 50 s.
    expect([call.ms >= 3_000, call.ms < 45_000]).toEqual([true, true]);
    expect(keyOf(await world.call())).toBe(key);
    world.clock.advance(61_000);
    const joining = world.call();
    await world.clock.sleep(1_000);
    await putToken(world);
    expect(keyOf(await joining)).not.toBe(key);
    expect(world.opened()).toHaveLength(1);
    await world.settled();
  });

  it("a sign-in that is completed at once gives new credentials", async () => {
    const world = await signInWorld();
    const key = await putRole(world, 600);
    const call = await world.call();
    expect([call.code, keyOf(call) === key]).toEqual([0, false]);
    await world.settled();
  });
});
