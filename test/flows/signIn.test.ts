import { describe, expect, it } from "vitest";
import { isoSeconds, START_URL, sessionSection, tokenPath } from "../support/home.ts";
import { credentialsOf, MAIN_JOB, signInWorld } from "../support/signInWorld.ts";

const DEVICE = { SSO_CRED_LOGIN: "device" };

describe("the first call", () => {
  it("signs in through the browser and prints credentials, saying nothing else", async () => {
    const { call, center, opened, settled, home, traces } = await signInWorld();
    const first = await call();
    expect([first.code, first.stderr, first.shown]).toEqual([0, "", ""]);
    expect(credentialsOf(first)).toMatchObject({ Version: 1, AccountId: "123456789011" });
    expect(opened()).toHaveLength(1);
    const [page] = await settled();
    expect(page).toContain("You are signed in");
    const tokenAt = center.requests.find(({ path }) => path === "/token")?.at ?? 0;
    expect(await home.readJson(tokenPath("corp"))).toMatchObject({
      startUrl: START_URL,
      region: "eu-west-1",
      expiresAt: isoSeconds(tokenAt + 3600_000),
      refreshToken: expect.stringMatching(/^aor/),
    });
    expect(await traces()).toEqual([]);
    expect(center.requests.map(({ path }) => path)).toEqual([
      "/client/register",
      "/authorize",
      "/token",
      "/federation/credentials",
    ]);
  });

  it("signs in with a code, and opens the page that needs no typing", async () => {
    const { call, center, opened, home, traces } = await signInWorld({ env: DEVICE });
    const first = await call();
    expect([first.code, first.stderr]).toEqual([0, ""]);
    expect(opened()).toEqual([expect.stringMatching(/\/device\?user_code=[A-Z]{4}-[A-Z]{4}$/)]);
    expect(center.count("/authorize")).toBe(0);
    expect(await home.readJson(tokenPath("corp"))).toMatchObject({ accessToken: expect.any(String) });
    expect(await traces()).toEqual([]);
  });

  it("is followed by calls that need no person", async () => {
    const { call, opened, center } = await signInWorld();
    await call();
    const other = await call(["corp", "--account-id", "210987654321", "--role-name", "ReadOnly"]);
    expect([other.code, opened().length, center.count("/token")]).toEqual([0, 1, 1]);
  });
});

describe("many callers", () => {
  it("of one role and of several share one sign-in and one tab", async () => {
    const { call, center, opened } = await signInWorld();
    const roles = ["ReadOnly", "Admin", "ReadOnly", "Admin", "ReadOnly"];
    const calls = await Promise.all(
      roles.map((role) => call(["corp", "--account-id", "123456789011", "--role-name", role])),
    );
    expect(calls.map(({ code, stderr }) => [code, stderr])).toEqual(roles.map(() => [0, ""]));
    expect(opened()).toHaveLength(1);
    expect([center.count("/client/register"), center.count("/token")]).toEqual([1, 1]);
    expect(center.count("/federation/credentials")).toBe(2);
  });

  it("of two sessions sign in apart, each in its own tab", async () => {
    const { call, opened } = await signInWorld({ config: sessionSection("corp") + sessionSection("other") });
    const [one, two] = await Promise.all([call(), call(["other", ...MAIN_JOB.slice(1)])]);
    expect([one.code, two.code, opened().length]).toEqual([0, 0, 2]);
  });
});

describe("a sign-in that fails", () => {
  it.each([
    ["browser", {}],
    ["device", DEVICE],
  ])("a denial in the %s grant: exit 5 for every waiting caller, and `login` asks again", async (_, env) => {
    const world = await signInWorld({ env, center: { consent: "deny" } });
    const calls = await Promise.all([world.call(), world.call()]);
    const line = "sso-cred: the sign-in to 'corp' was denied\n  run: sso-cred login corp\n";
    expect(calls.map(({ code, stdout, stderr }) => [code, stdout, stderr])).toEqual([
      [5, "", line],
      [5, "", line],
    ]);
    await world.settled();
    expect((await world.traces()).filter((name) => !/^(logins|backoff)\//.test(name))).toEqual([]);
    world.center.settings.consent = "auto";
    expect((await world.call(["login", "corp"])).code).toBe(0);
    expect((await world.call()).code).toBe(0);
    expect(world.opened()).toHaveLength(2);
  });

  it("codes that expire: exit 5, and the next call opens no tab", async () => {
    const world = await signInWorld({
      env: { ...DEVICE, SSO_CRED_WAIT: "100" },
      browser: "ignore",
      center: { deviceSeconds: 60 },
    });
    const first = await world.call();
    const line = "sso-cred: nobody answered the sign-in to 'corp' in time\n  run: sso-cred login corp\n";
    expect([first.code, first.stdout, first.stderr]).toEqual([5, "", line]);
    const second = await world.call();
    expect(second.code).toBe(4);
    expect(second.stderr).toMatch(
      /^sso-cred: nobody answered the last sign-in to 'corp', so no browser is opened automatically until \d\d:\d\d\n {2}run: sso-cred login corp\n$/,
    );
    expect(world.opened()).toHaveLength(1);
  });

  it("a short outage of the service costs no sign-in", async () => {
    const world = await signInWorld();
    world.center.misbehave({ path: "/client/register", times: 2, how: { kind: "status", status: 503 } });
    const { code, stderr } = await world.call();
    expect([code, stderr, world.opened().length]).toEqual([0, "", 1]);
  });

  it("an unavailable service: exit 7, no browser, and no back-off afterwards", async () => {
    const world = await signInWorld();
    await world.center.goDown("oidc");
    const first = await world.call();
    expect([first.code, first.stdout, world.opened()]).toEqual([7, "", []]);
    expect(first.stderr).toMatch(
      /^sso-cred: 127\.0\.0\.1:\d+ refused the connection: .*\n {2}run: sso-cred doctor\n$/,
    );
    await world.center.comeBack("oidc");
    expect((await world.call()).code).toBe(0);
  });
});
