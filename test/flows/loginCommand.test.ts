import { describe, expect, it } from "vitest";
import { SsoCredError } from "../../src/errors.ts";
import { roleFile, rolePath, START_URL, sessionSection, tokenPath } from "../support/home.ts";
import { signedInWorld } from "../support/signedIn.ts";
import { signInWorld, type WorldOptions } from "../support/signInWorld.ts";

const LOGIN = ["login", "corp"];

/** A world with a valid token in the cache. */
async function loginWorld(options: WorldOptions = {}) {
  const world = await signedInWorld(options);
  const accessToken = async () => (await world.home.readJson(tokenPath("corp"))).accessToken;
  return { ...world, before: world.token, accessToken };
}

describe("sso-cred login", () => {
  it("says on stdout until when, and nothing else if the browser is enough", async () => {
    const { call } = await signInWorld();
    const { code, stdout, stderr } = await call(LOGIN);
    expect([code, stdout, stderr]).toEqual([
      0,
      "Signed in to 'corp'; refreshed automatically until your organisation's session ends.\n",
      "",
    ]);
  });

  it("asks anew although somebody is signed in", async () => {
    const { call, opened, before, accessToken } = await loginWorld();
    expect((await call(LOGIN)).code).toBe(0);
    expect(opened()).toHaveLength(1);
    expect(await accessToken()).not.toBe(before);
  });

  it("keeps the old token if the new sign-in fails", async () => {
    const { call, before, accessToken } = await loginWorld({ center: { consent: "deny" } });
    const { code, stdout, stderr } = await call(LOGIN);
    expect([code, stdout, stderr]).toEqual([
      5,
      "",
      "sso-cred: the sign-in to 'corp' was denied\n  run: sso-cred login corp\n",
    ]);
    expect(await accessToken()).toBe(before);
  });

  it.each([{ SSO_CRED_LOGIN: "never" }, { CI: "1" }])("signs in under %o, too", async (env) => {
    const { call, opened } = await signInWorld({ env });
    expect([(await call(LOGIN)).code, opened().length]).toEqual([0, 1]);
  });

  it("without a browser shows address and code on stderr, and waits", async () => {
    const { call, center, clock } = await signInWorld({ env: { DISPLAY: "" } });
    const waiting = call(LOGIN);
    await clock.sleep(60_000);
    center.approveDevice();
    const { code, stdout, stderr } = await waiting;
    expect([code, stdout.startsWith("Signed in to 'corp';")]).toEqual([0, true]);
    expect(stderr).toMatch(
      /^Sign in to 'corp' at:\n\n {2}http:\/\/127\.0\.0\.1:\d+\/device\?user_code=([A-Z]{4}-[A-Z]{4})\n\nand check that the page shows this code:\n\n {2}\1\n\nWaiting for the sign-in … \(Ctrl-C cancels\)\n$/,
    );
  });

  it.each([
    ["--use-device-code", "/device_authorization"],
    ["--no-browser", "/client/register"],
  ])("takes %s", async (flag, path) => {
    const { call, center, until, workers, opened } = await signInWorld({ browser: "ignore" });
    const waiting = call([...LOGIN, flag]);
    await until(() => workers.some(({ steps }) => steps.at(-1)?.what === "sign-in is open"));
    expect(center.count(path)).toBe(1);
    expect(opened()).toHaveLength(flag === "--no-browser" ? 0 : 1);
    await call(["logout", "corp"]);
    expect((await waiting).code).toBe(4);
  });

  it("waits for ten minutes, whatever SSO_CRED_WAIT says", async () => {
    const { call } = await signInWorld({ browser: "ignore", env: { SSO_CRED_WAIT: "1" } });
    const { code, stderr, ms } = await call(LOGIN);
    expect([code, Math.round(ms / 60_000)]).toEqual([5, 10]);
    expect(stderr).toContain("nobody answered the sign-in to 'corp' in time");
  }, 60_000);

  it("ends the back-off, even if it stays unanswered itself", async () => {
    const { call, settled, opened } = await signInWorld({ browser: "ignore", env: { SSO_CRED_WAIT: "1" } });
    await call();
    await settled();
    expect((await call()).stderr).toContain("no browser is opened automatically");
    const login = call(LOGIN, { onSleep: interruptLater() });
    expect((await login).code).toBe(130);
    await settled();
    expect((await call()).stderr).toContain("is open and waits for you");
    expect(opened()).toHaveLength(3);
  });

  it("replaces a pending login, whose callers go on with the new one", async () => {
    const { call, center, until, settled, opened } = await signInWorld({
      browser: "ignore",
      env: { SSO_CRED_LOGIN: "device", SSO_CRED_WAIT: "50" },
    });
    const caller = call();
    await until(() => center.state.devices.size === 1);
    const person = call(LOGIN);
    await until(() => center.state.devices.size === 2);
    const codes = [...center.state.devices.values()].map(({ userCode }) => userCode);
    center.approveDevice(codes[1]);
    expect([(await caller).code, (await person).code]).toEqual([0, 0]);
    await settled();
    expect(opened()).toHaveLength(2);
  });

  it("is ended by Ctrl-C with its worker, and prints one line", async () => {
    const { call, settled, traces } = await signInWorld({ browser: "ignore" });
    const { code, stdout, stderr } = await call(LOGIN, { onSleep: interruptLater() });
    expect([code, stdout]).toEqual([130, ""]);
    expect(stderr.split("\n").slice(-2)).toEqual(["sso-cred: the sign-in was cancelled", ""]);
    await settled();
    expect(await traces()).toEqual([]);
  });

  it("signs in the session of a profile, and of a legacy profile with a code", async () => {
    const legacy = `[profile old]\nsso_start_url = ${START_URL}\nsso_region = eu-west-1\n`;
    const profile = "[profile dev]\nsso_session = corp\n";
    const { call, center, home } = await signInWorld({ config: sessionSection("corp") + profile + legacy });
    expect((await call(["login", "--profile", "dev"])).stdout).toContain("Signed in to 'corp'");
    expect((await call(["login", "--profile=old"])).stdout).toContain(`Signed in to '${START_URL}'`);
    expect([center.count("/authorize"), center.count("/device_authorization")]).toEqual([1, 1]);
    expect(await home.readJson(tokenPath(START_URL))).not.toHaveProperty("refreshToken");
  });
});

/** Ctrl-C at the n-th sleep. */
function interruptLater(): () => void {
  let left = 100;
  return () => {
    if (--left <= 0) throw new SsoCredError("cancelled", "cancelled");
  };
}

it("a new sign-in removes the role credentials of the one before, also those of the AWS CLI, and no other session's", async () => {
  const profile = "[profile dev]\nsso_session = corp\nsso_account_id = 210987654321\nsso_role_name = Ops\n";
  const world = await signInWorld({ config: profile + sessionSection("corp") + sessionSection("other") });
  const { home } = world;
  const later = Date.now() + 3600_000;
  const write = (session: string, account: string, role: string, more = {}) =>
    home.write(rolePath(session, account, role), { ...roleFile(later, account), ...more });
  await write("corp", "123456789011", "Admin", { SsoCred: { session: "corp" } });
  await write("corp", "210987654321", "Ops");
  await write("other", "123456789011", "Admin", { SsoCred: { session: "other" } });
  expect((await world.call(["login", "corp"])).code).toBe(0);
  await world.settled();
  expect((await home.files(".aws/cli")).map(({ path }) => path)).toEqual([
    rolePath("other", "123456789011", "Admin"),
  ]);
});
