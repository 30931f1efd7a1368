import { describe, expect, it } from "vitest";
import { rolePath, sessionSection, tokenFile, tokenPath } from "../support/home.ts";
import { NOT_TOLD, PAIRS, putRoleOf, TOLD } from "../support/logoutWorld.ts";
import { putToken, signedInWorld } from "../support/signedIn.ts";
import { MAIN_JOB, signInWorld } from "../support/signInWorld.ts";

describe("logout of a session", () => {
  it("removes token and role credentials, and revokes the token at the portal", async () => {
    const { call, center, home, token } = await signedInWorld();
    await call();
    expect(await home.exists(rolePath("corp", "123456789011", "ReadOnly"))).toBe(true);
    expect(await call(["logout", "corp"])).toMatchObject({ code: 0, stdout: TOLD, stderr: "", shown: "" });
    expect(await home.files(".aws/sso/cache")).toEqual([]);
    expect(await home.files(".aws/cli/cache")).toEqual([]);
    const [revocation] = center.requests.filter(({ path }) => path === "/logout");
    expect([revocation?.status, revocation?.headers["x-amz-sso_bearer_token"]]).toEqual([200, token]);
  });

  it("removes the role files of the AWS CLI that a profile names, and no others", async () => {
    const config = sessionSection("corp") + sessionSection("other") + PAIRS;
    const world = await signedInWorld({ config });
    await putToken(world, { session: "other" });
    for (const role of ["FromCommand", "FromSession", "NamedNowhere"]) await putRoleOf(world, "corp", role);
    for (const role of ["FromCommand", "FromSession"]) await putRoleOf(world, "other", role);
    await world.home.write(".aws/cli/cache/assumed.json", { Credentials: {} });
    await world.call(["logout", "corp"]);
    const left = (await world.home.files(".aws/cli/cache")).map(({ path }) => path);
    expect(left).toEqual(
      [
        ".aws/cli/cache/assumed.json",
        rolePath("corp", "123456789011", "NamedNowhere"),
        rolePath("other", "123456789011", "FromCommand"),
        rolePath("other", "123456789011", "FromSession"),
      ].sort(),
    );
    expect(await world.home.exists(tokenPath("other"))).toBe(true);
  });

  it("leaves the client registration, as the AWS CLI does", async () => {
    const { call, home } = await signInWorld();
    await call();
    await call(["logout", "corp"]);
    const files = await home.files(".aws/sso/cache");
    expect(files).toHaveLength(1);
    expect(await home.readJson(files[0]?.path ?? "")).toHaveProperty("clientSecret");
  });

  it("succeeds if the portal is unavailable: the local files are removed first, and one line says so", async () => {
    const { call, center, home } = await signedInWorld();
    await center.goDown("portal");
    expect(await call(["logout"])).toMatchObject({ code: 0, stdout: NOT_TOLD, stderr: "", shown: "" });
    expect(await home.exists(tokenPath("corp"))).toBe(false);
  });

  it.each([
    ["responds with 503", { kind: "status", status: 503 }],
    ["is a hotel's", { kind: "captivePortal" }],
  ] as const)("succeeds if the portal %s", async (_, how) => {
    const { call, center } = await signedInWorld();
    center.misbehave({ path: "/logout", how });
    expect(await call(["logout"])).toMatchObject({ code: 0, stdout: NOT_TOLD, stderr: "" });
  });

  it("succeeds without another line if the portal no longer knows the token", async () => {
    const { call, center } = await signedInWorld();
    center.revokeSessions();
    expect(await call(["logout"])).toMatchObject({ code: 0, stdout: TOLD, stderr: "" });
    // The refresh token might still have opened the session.
    expect(center.requests.map(({ path, status }) => [path, status])).toEqual([
      ["/logout", 401],
      ["/token", 400],
    ]);
  });

  it("does not send a token of another start URL whose file names no region, and removes it", async () => {
    const { call, center, home } = await signInWorld();
    const token = tokenFile({ startUrl: "https://other.awsapps.com/start", ...center.signIn() });
    await home.write(tokenPath("corp"), token);
    expect((await call(["logout"])).code).toBe(0);
    expect([await home.exists(tokenPath("corp")), center.requests]).toEqual([false, []]);
  });

  it("says if nobody was signed in", async () => {
    const { call, center } = await signInWorld();
    const { code, stdout } = await call(["logout", "corp"]);
    expect([code, stdout, center.requests]).toEqual([0, "Nobody was signed in to 'corp'.\n", []]);
  });

  it("takes the session of a profile", async () => {
    const { call } = await signedInWorld({ config: sessionSection("corp") + PAIRS });
    expect((await call(["logout", "--profile", "cli"])).stdout).toBe(TOLD);
  });
});

describe("logout of an expired token that can be refreshed", () => {
  const expired = { expiresAt: "2020-01-01T00:00:00Z" };
  async function world() {
    const made = await signInWorld();
    await putToken(made, { fields: expired });
    return made;
  }

  it("ends the session that its refresh token still opens", async () => {
    const { call, center } = await world();
    expect(await call(["logout", "corp"])).toMatchObject({ code: 0, stdout: TOLD });
    expect(center.requests.map(({ path, status }) => [path, status])).toEqual([
      ["/token", 200],
      ["/logout", 200],
    ]);
  });

  it("or says that it could not", async () => {
    const { call, center } = await world();
    await center.goDown("oidc");
    expect((await call(["logout", "corp"])).stdout).toBe(
      "Signed out of 'corp'; the portal could not be told, so its refresh token lives until the portal's session ends.\n",
    );
  });

  it("prints no other line if the service has forgotten the session", async () => {
    const { call, center } = await world();
    center.revokeSessions();
    expect((await call(["logout", "corp"])).stdout).toBe(TOLD);
  });
});

describe("logout during a sign-in", () => {
  it("ends the worker and its callers, and removes its claims", async () => {
    const { call, until, opened, settled, traces } = await signInWorld({ browser: "ignore" });
    const waiting = call(MAIN_JOB, { terminal: "1" });
    await until(() => opened().length === 1);
    expect((await call(["logout", "corp"])).stdout).toBe("Ended the open sign-in to 'corp'.\n");
    const { code, stderr } = await waiting;
    expect([code, stderr]).toEqual([
      4,
      "sso-cred: the sign-in to 'corp' was ended by a logout\n  run: sso-cred login corp\n",
    ]);
    await settled();
    expect(await traces()).toEqual([]);
  });

  it("wins over a response that arrives after it: nothing is written", async () => {
    const { call, center, home, clock, settled } = await signInWorld({
      browser: "ignore",
      env: { SSO_CRED_LOGIN: "device", SSO_CRED_WAIT: "5" },
      center: { intervalSeconds: 1 },
    });
    await call();
    // The token is still in transit when the person signs out.
    center.misbehave({ path: "/token", how: { kind: "latency", ms: 300 } });
    center.approveDevice();
    const answered = () => [...center.state.devices.values()].some(({ decision }) => decision === "redeemed");
    const step = clock.sleep(1_000);
    await expect.poll(answered, { interval: 5 }).toBe(true);
    await call(["logout", "corp"]);
    await step;
    await settled();
    expect(center.state.accessTokens.size).toBe(1);
    // The discarded token must be revoked at the portal.
    expect(center.requests.at(-1)).toMatchObject({ path: "/logout", status: 200 });
    expect(await home.exists(tokenPath("corp"))).toBe(false);
  });
});

describe("logout at portals that never respond", () => {
  const sessions = ["corp", "second", "third", "fourth"];

  it.each([
    [["corp"], {}],
    [["corp"], { expiresAt: "2026-01-01T00:00:00Z" }],
    [["--all"], {}],
  ])("%j takes at most 5 s in all, and says that they could not be told", async (args, token) => {
    const world = await signInWorld({ config: sessions.map((name) => sessionSection(name)).join("") });
    for (const name of sessions) {
      await putToken(world, { session: name });
      await world.home.write(tokenPath(name), { ...(await world.home.readJson(tokenPath(name))), ...token });
    }
    world.center.misbehave({ path: /./, how: { kind: "blackHole" } });
    const { code, stdout, ms } = await world.call(["logout", ...args]);
    expect(ms).toBeLessThanOrEqual(5_000);
    expect(code).toBe(0);
    const named = args[0] === "--all" ? sessions : ["corp"];
    expect(stdout.match(/Signed out of '\w+'; the portal could not be told/g)).toEqual(
      named.map((name) => `Signed out of '${name}'; the portal could not be told`),
    );
  });
});
