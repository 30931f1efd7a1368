import { describe, expect, it } from "vitest";
import { ASSIGNMENT, pathsAsked, putToken, roleArguments, signedInWorld } from "../support/signedIn.ts";
import { MAIN_JOB, type SignInWorld, signInWorld } from "../support/signInWorld.ts";
import { temporaryProxy } from "../support/temporary.ts";
import { CA_FILE, SERVER_TLS } from "../support/testCertificates.ts";

const COME_AGAIN = { kind: "status", status: 503, headers: { "retry-after": "3" } } as const;
const DEAD_PROXY = { HTTPS_PROXY: "http://127.0.0.1:1" };

/** Identity Center under a host name that only its proxy can resolve. */
async function worldBehindProxy(env: Record<string, string> = {}): Promise<SignInWorld> {
  const hostname = "portal.sso-cred.test";
  const proxy = await temporaryProxy({ hosts: { [hostname]: "127.0.0.1" } });
  return signInWorld({
    center: { tls: { ...SERVER_TLS, hostname } },
    env: { AWS_CA_BUNDLE: CA_FILE, HTTPS_PROXY: proxy.url, ...env },
  });
}

describe("a failure caused by one caller's own environment is not passed on to the waiting callers", () => {
  it("its SSO_CRED_WAIT, at the request for the role", async () => {
    const world = await signedInWorld();
    world.center.misbehave({ path: ASSIGNMENT, times: 1, how: COME_AGAIN });
    const hasty = world.call(MAIN_JOB, { env: { SSO_CRED_WAIT: "2" } });
    const calls = await Promise.all([hasty, world.call(), world.call()]);
    expect(calls.map(({ code }) => code)).toEqual([7, 0, 0]);
    expect(world.center.count(ASSIGNMENT)).toBe(2);
  });

  it("its SSO_CRED_WAIT, at the refresh of the token", async () => {
    const world = await signedInWorld({ secondsLeft: -1 });
    world.center.misbehave({ path: "/token", times: 1, how: COME_AGAIN });
    const hasty = world.call(MAIN_JOB, { env: { SSO_CRED_WAIT: "2" } });
    const calls = await Promise.all([hasty, world.call(roleArguments("Admin"))]);
    expect(calls.map(({ code }) => code)).toEqual([7, 0]);
    expect(world.center.count("/token")).toBe(2);
  });

  it.each([
    ["asking for the role", 3600],
    ["refreshing the token", -1],
  ])("its proxy, %s", async (_, secondsLeft) => {
    const world = await worldBehindProxy();
    await putToken(world, { secondsLeft });
    const calls = await Promise.all([
      world.call(MAIN_JOB, { env: DEAD_PROXY }),
      world.call(),
      world.call(roleArguments("Admin")),
    ]);
    expect(calls.map(({ code }) => code)).toEqual([7, 0, 0]);
  });
});

describe("a failure of the service or the network is passed on to all waiting callers", () => {
  it("with the same proxy", async () => {
    const world = await worldBehindProxy(DEAD_PROXY);
    await putToken(world);
    const calls = await Promise.all([world.call(), world.call(), world.call()]);
    expect(calls.map(({ code }) => code)).toEqual([7, 7, 7]);
    expect(new Set(calls.map(({ stderr }) => stderr)).size).toBe(1);
    expect(pathsAsked(world)).toEqual([]);
  });

  it("even with a short wait, if more time would not have helped", async () => {
    const world = await signedInWorld({ env: { SSO_CRED_WAIT: "2" } });
    world.center.misbehave({ path: ASSIGNMENT, how: { kind: "captivePortal" } });
    const calls = await Promise.all([world.call(), world.call(), world.call()]);
    expect(calls.map(({ code }) => code)).toEqual([7, 7, 7]);
    expect(world.center.count(ASSIGNMENT)).toBe(1);
  });
});
