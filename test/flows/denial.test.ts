import { expect, it } from "vitest";
import { signInWorld } from "../support/signInWorld.ts";

const DENIED = {
  code: 5,
  stdout: "",
  stderr: "sso-cred: the sign-in to 'corp' was denied\n  run: sso-cred login corp\n",
};

it.each([{}, { SSO_CRED_LOGIN: "device" }])(
  "a denial is also the result of an SDK's second run, for ten seconds (%o)",
  async (env) => {
    const { call, clock, opened } = await signInWorld({ env, center: { consent: "deny" } });
    expect(await call()).toMatchObject(DENIED);
    expect(await call()).toMatchObject(DENIED);
    expect(opened()).toHaveLength(1);
    clock.advance(10_000);
    expect((await call()).stderr).toMatch(
      /^sso-cred: the sign-in to 'corp' was denied, so no browser is opened automatically until \d\d:\d\d\n {2}run: sso-cred login corp\n$/,
    );
    expect(opened()).toHaveLength(1);
    clock.advance(15 * 60_000);
    expect(await call()).toMatchObject(DENIED);
    expect(opened()).toHaveLength(2);
    clock.advance(29 * 60_000);
    expect([(await call()).code, opened().length]).toEqual([4, 2]);
  },
);

it("a rejection by the service after the tab was opened also holds back the next tab", async () => {
  const { call, center, clock, opened } = await signInWorld();
  const body = { error: "invalid_grant", error_description: "no" };
  center.misbehave({ path: "/token", how: { kind: "status", status: 400, body } });
  expect((await call()).code).toBe(5);
  expect((await call()).code).toBe(5);
  clock.advance(10_000);
  expect([(await call()).code, opened().length]).toEqual([4, 1]);
});

it.each(["visit", "stay"] as const)(
  "a captive portal after the tab was opened holds back the next tab, too (browser: %s)",
  async (browser) => {
    const { call, center, clock, opened } = await signInWorld({ browser });
    center.misbehave({ path: "/token", how: { kind: "captivePortal" } });
    expect((await call()).code).toBe(7);
    clock.advance(10_000);
    expect([(await call()).code, opened().length]).toEqual([4, 1]);
  },
);

it("a token that is valid for less than a minute is reported, and costs one tab", async () => {
  const { call, opened } = await signInWorld({ center: { accessTokenSeconds: 30 } });
  for (let attempt = 0; attempt < 2; attempt++) {
    expect(await call()).toMatchObject({
      code: 5,
      stderr:
        "sso-cred: the service's new token for 'corp' is valid for only 30 s, which is too short to use\n  run: sso-cred login corp\n",
    });
  }
  expect(opened()).toHaveLength(1);
});

it("a computer that slept during an open sign-in does not begin the back-off when it wakes up", async () => {
  for (const env of [{}, { SSO_CRED_LOGIN: "device" }]) {
    const { call, clock, opened, settled } = await signInWorld({
      browser: "ignore",
      env: { SSO_CRED_WAIT: "5", ...env },
    });
    expect((await call()).code).toBe(4);
    clock.advance(8 * 3_600_000);
    await settled();
    expect((await call()).stderr).toContain("is open and waits for you");
    expect(opened()).toHaveLength(2);
    await call(["logout", "corp"]);
    await settled();
  }
});

it("a denial does not hold back `sso-cred login`", async () => {
  const { call, opened } = await signInWorld({ center: { consent: "deny" } });
  await call();
  expect((await call(["login", "corp"])).code).toBe(5);
  expect(opened()).toHaveLength(2);
});

it("a sign-in that failed for another reason is started again at once", async () => {
  const { call, center } = await signInWorld();
  center.misbehave({ path: "/client/register", times: 1, how: { kind: "status", status: 400, body: {} } });
  expect((await call()).code).not.toBe(0);
  expect((await call()).code).toBe(0);
});

it("a rejection of a sign-in by the service is shown once", async () => {
  const { call, center } = await signInWorld();
  const body = { error: "invalid_client_metadata", error_description: "no such scope" };
  center.misbehave({ path: "/client/register", how: { kind: "status", status: 400, body } });
  const { code, stderr } = await call();
  const said = "sso-cred: the sign-in to 'corp' failed: invalid_client_metadata: no such scope";
  expect([code, stderr.split("\n")[0]]).toEqual([5, said]);
});
