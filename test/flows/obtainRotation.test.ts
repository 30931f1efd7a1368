import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { rolePath, tokenPath } from "../support/home.ts";
import {
  ACCOUNT,
  ASSIGNMENT,
  pathsAsked,
  putToken,
  readTokenFile,
  roleArguments,
  signedInWorld,
} from "../support/signedIn.ts";
import { type SignInWorld, signInWorld } from "../support/signInWorld.ts";

const CI = { env: { CI: "1" } };
const refused = { kind: "status", status: 400, body: { error: "invalid_grant" } } as const;
const writeToken = ({ home }: SignInWorld, file: object) =>
  writeFileSync(join(home.path, tokenPath("corp")), JSON.stringify(file));

/** The token of another tool, after it has rotated the refresh token. */
async function rotated(world: SignInWorld, original: object) {
  const other = await putToken(world);
  writeToken(world, original);
  return other;
}

describe("if a refresh is rejected, the file is read again for 2 s", () => {
  it("and a token that another tool has just written is used", async () => {
    const world = await signInWorld(CI);
    const file = await putToken(world, { secondsLeft: -1 });
    const other = await rotated(world, file);
    world.center.misbehave({ path: "/token", how: refused });
    let looks = 0;
    const onSleep = () => {
      if (++looks === 10) writeToken(world, other);
    };
    const { code } = await world.call(undefined, { onSleep });
    expect([code, pathsAsked(world)]).toEqual([0, ["/token", ASSIGNMENT]]);
    expect(await readTokenFile(world)).toEqual(other);
  });

  it.each([
    ["invalid_grant", {}, 1],
    ["an expired registration", { registrationExpiresAt: "2020-01-01T00:00:00Z" }, 0],
    ["no refresh token", { refreshToken: undefined }, 0],
  ])("then a person is needed: %s", async (_, fields, requests) => {
    const world = await signedInWorld({ secondsLeft: -1, fields, ...CI });
    world.center.misbehave({ path: "/token", how: refused });
    const { code, stderr, ms } = await world.call();
    expect([code, ms, world.center.count("/token")]).toEqual([4, 2_000, requests]);
    expect(stderr).toBe(
      "sso-cred: nobody is signed in to 'corp', and CI is set, so nobody is asked\n  run: sso-cred login corp\n",
    );
  });

  it("no longer than the run may last", async () => {
    const world = await signedInWorld({
      secondsLeft: -1,
      fields: { refreshToken: undefined },
      env: { CI: "1", SSO_CRED_WAIT: "1" },
    });
    expect(await world.call()).toMatchObject({ code: 4, ms: 1_000 });
  });

  it("by the first of many callers; the others do not ask again", async () => {
    const world = await signedInWorld({ secondsLeft: -1, ...CI });
    world.center.misbehave({ path: "/token", how: refused });
    const calls = await Promise.all(Array.from({ length: 8 }, () => world.call()));
    expect(calls.map(({ code }) => code)).toEqual(Array(8).fill(4));
    expect(world.center.count("/token")).toBe(1);
  });

  it("and a file that is half written is waited for as well", async () => {
    const world = await signInWorld(CI);
    const file = await putToken(world);
    const place = join(world.home.path, tokenPath("corp"));
    writeFileSync(place, JSON.stringify(file).slice(0, 60));
    let looks = 0;
    const onSleep = () => {
      if (++looks === 3) writeToken(world, file);
    };
    expect((await world.call(undefined, { onSleep })).code).toBe(0);
    expect(pathsAsked(world)).toEqual([ASSIGNMENT]);
  });
});

it("every caller of a rejected refresh names the login, also if somebody signs out meanwhile", async () => {
  const world = await signedInWorld({ secondsLeft: -1, ...CI });
  world.center.revokeSessions();
  const onSleep = () => {
    if (world.center.count("/token") > 0) rmSync(join(world.home.path, tokenPath("corp")), { force: true });
  };
  const callers = ["ReadOnly", "Admin"].map((role) => world.call(roleArguments(role), { onSleep }));
  for (const { code, stderr } of await Promise.all(callers)) {
    expect([code, stderr]).toEqual([
      4,
      expect.stringMatching(/^sso-cred: .*\n {2}run: sso-cred login corp\n$/),
    ]);
  }
});

it("a registration that the service has forgotten is renewed by the sign-in", async () => {
  const world = await signedInWorld({ secondsLeft: -1 });
  world.center.expireRegistrations();
  expect((await world.call()).code).toBe(0);
  expect(pathsAsked(world)).toEqual(["/token", "/client/register", "/token", ASSIGNMENT]);
  await world.settled();
});

describe("the response to a refresh", () => {
  /** A call whose refresh the service has processed, but whose response has not arrived yet. */
  async function refreshing() {
    const world = await signInWorld(CI);
    const file = await putToken(world, { secondsLeft: -1 });
    const other = await rotated(world, file);
    world.center.misbehave({ path: "/token", how: { kind: "latency", ms: 300 } });
    const calling = world.call();
    await expect.poll(() => world.center.count("/token")).toBe(1);
    return { world, file, other, calling };
  }

  it("is not written over a token that another tool rotated meanwhile, which is used", async () => {
    const { world, other, calling } = await refreshing();
    writeToken(world, other);
    expect((await calling).code).toBe(0);
    expect(await readTokenFile(world)).toEqual(other);
    const [asked] = world.center.requests.filter(({ path }) => path === ASSIGNMENT);
    expect(asked?.headers["x-amz-sso_bearer_token"]).toBe(other.accessToken);
  });

  it("is not written over another start URL's token", async () => {
    const { world, other, calling } = await refreshing();
    const foreign = { ...other, startUrl: "https://other.awsapps.com/start" };
    writeToken(world, foreign);
    await calling;
    expect(await readTokenFile(world)).toEqual(foreign);
  });

  it("that comes after a logout is not written, nor are credentials", async () => {
    const { world, calling } = await refreshing();
    rmSync(join(world.home.path, tokenPath("corp")));
    const { code, stdout, stderr } = await calling;
    expect([code, stdout]).toEqual([4, ""]);
    expect(stderr).toBe(
      "sso-cred: 'corp' was signed out while its token was refreshed\n  run: sso-cred login corp\n",
    );
    expect(world.center.requests.at(-1)).toMatchObject({ path: "/logout", status: 200 });
    expect(await world.home.files(".aws/sso")).toEqual([]);
    expect(await world.home.files(".aws/cli")).toEqual([]);
  });

  it("that comes after a logout and cannot be revoked is named", async () => {
    const { world, calling } = await refreshing();
    rmSync(join(world.home.path, tokenPath("corp")));
    world.center.misbehave({ path: "/logout", how: { kind: "status", status: 503 } });
    expect((await calling).stderr).toBe(
      "sso-cred: 'corp' was signed out while its token was refreshed; the new token could not be revoked, so it lives until it expires\n  run: sso-cred login corp\n",
    );
  });

  it("replaces a file that was damaged meanwhile", async () => {
    const { world, file, calling } = await refreshing();
    writeFileSync(join(world.home.path, tokenPath("corp")), JSON.stringify(file).slice(0, 40));
    expect((await calling).code).toBe(0);
    expect((await readTokenFile(world)).refreshToken).toMatch(/^aor/);
  });
});

it("role credentials that come after a logout are not written", async () => {
  const world = await signedInWorld();
  world.center.misbehave({ path: ASSIGNMENT, how: { kind: "latency", ms: 300 } });
  const calling = world.call();
  await expect.poll(() => world.center.count(ASSIGNMENT)).toBe(1);
  expect((await world.call(["logout", "corp"])).code).toBe(0);
  await calling;
  expect(await world.home.exists(rolePath("corp", ACCOUNT, "ReadOnly"))).toBe(false);
  expect(await world.home.exists(tokenPath("corp"))).toBe(false);
});
