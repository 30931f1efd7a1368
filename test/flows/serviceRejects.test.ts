import { describe, expect, it } from "vitest";
import { sessionSection } from "../support/home.ts";
import { ASSIGNMENT, keyOf, putToken, readTokenFile, signedInWorld } from "../support/signedIn.ts";
import { signInWorld } from "../support/signInWorld.ts";

const oidcError = (error: string, exception: string) => ({
  kind: "status" as const,
  status: 400,
  body: { error, error_description: `${error} said the service` },
  headers: { "x-amzn-errortype": exception },
});

describe("a refresh", () => {
  it.each([
    ["SlowDownException", "slow_down"],
    ["ThrottlingException", "throttling"],
    ["TooManyRequestsException", "too_many_requests"],
    ["RequestTimeoutException", "request_timeout"],
  ])("is repeated after %s with HTTP 400", async (exception, error) => {
    const world = await signedInWorld({ secondsLeft: -1 });
    world.center.misbehave({ path: "/token", times: 2, how: oidcError(error, exception) });
    const call = await world.call();
    expect([call.code, call.stderr, world.opened()]).toEqual([0, "", []]);
    expect(keyOf(call)).toMatch(/^ASIA/);
    expect(world.center.count("/token")).toBe(3);
  });

  it("that stays throttled costs neither a tab nor the token", async () => {
    const world = await signInWorld();
    const { refreshToken } = await putToken(world, { secondsLeft: -1 });
    world.center.misbehave({ path: "/token", how: oidcError("slow_down", "SlowDownException") });
    const call = await world.call();
    expect([call.code, world.opened()]).toEqual([7, []]);
    expect(call.stderr).toMatch(/is throttling \(HTTP 400\): try again in a minute\n$/);
    expect((await readTokenFile(world)).refreshToken).toBe(refreshToken);
  });

  it.each([
    [{ kind: "proxy403" as const }],
    [{ kind: "status" as const, status: 403, body: { error: "access_denied", message: "blocked" } }],
    [{ kind: "status" as const, status: 403, body: { error: "invalid_grant" } }],
  ])("that a firewall blocks opens no tab (%j)", async (how) => {
    const world = await signedInWorld({ secondsLeft: -1 });
    world.center.misbehave({ path: "/token", how });
    const call = await world.call();
    expect([call.code, world.opened()]).toEqual([7, []]);
    expect(call.stderr).toMatch(
      /HTTP 403\): (?:a proxy or firewall|is a proxy in between)\?\n {2}run: sso-cred doctor\n$/,
    );
    world.center.behave();
    world.clock.advance(60_000);
    expect((await world.call()).code).toBe(0);
  });

  it.each([
    "InvalidGrantException",
    "InvalidClientException",
    "UnauthorizedClientException",
    "ExpiredTokenException",
  ])("that ends in %s needs a person", async (exception) => {
    const world = await signedInWorld({ secondsLeft: -1 });
    const error = exception
      .replace("Exception", "")
      .replace(/(?<=[a-z])(?=[A-Z])/, "_")
      .toLowerCase();
    world.center.misbehave({ path: "/token", times: 1, how: oidcError(error, exception) });
    expect((await world.call()).code).toBe(0);
    expect(world.opened()).toHaveLength(1);
  });

  it("that is rejected for another reason keeps the token, and names the command", async () => {
    const world = await signedInWorld({ secondsLeft: -1 });
    world.center.misbehave({ path: "/token", how: oidcError("invalid_request", "InvalidRequestException") });
    const call = await world.call();
    expect([call.code, world.opened()]).toEqual([7, []]);
    expect(call.stderr).toBe(
      "sso-cred: the token of 'corp' cannot be refreshed (invalid_request: invalid_request said the service)\n  run: sso-cred login corp\n",
    );
  });
});

describe("the portal", () => {
  const rejection = (status: number, exception: string, body: object = {}) => ({
    kind: "status" as const,
    status,
    body,
    headers: { "x-amzn-errortype": exception },
  });

  it.each(["ThrottlingException", "TooManyRequestsException", "RequestTimeoutException"])(
    "gets another request after %s with HTTP 400",
    async (exception) => {
      const world = await signedInWorld();
      world.center.misbehave({ path: ASSIGNMENT, times: 2, how: rejection(400, exception) });
      expect(await world.call()).toMatchObject({ code: 0, stderr: "" });
      expect(world.center.count(ASSIGNMENT)).toBe(3);
    },
  );

  it("that gives no reason is quoted with its status", async () => {
    const world = await signedInWorld();
    const how = rejection(403, "UnknownException", { message: "UnknownException" });
    world.center.misbehave({ path: ASSIGNMENT, how });
    const { code, stderr } = await world.call();
    expect(code).toBe(6);
    expect(stderr).toContain("(HTTP 403, without a reason)");
    expect(stderr).not.toContain("Unknown");
  });

  it("that rejects a session without the scope for accounts: the scope is named", async () => {
    const config = sessionSection("corp").replace("sso:account:access", "openid");
    const scope = "sso_registration_scopes in [sso-session corp] lacks sso:account:access";
    for (const [status, code] of [
      [403, 6],
      [401, 5],
    ] as const) {
      const world = await signedInWorld({ config });
      world.center.misbehave({ path: ASSIGNMENT, how: rejection(status, "UnauthorizedException") });
      const call = await world.call();
      expect(call.code).toBe(code);
      expect(call.stderr).toContain(scope);
      await world.settled();
    }
  });

  it("serves the next call once the scope is there", async () => {
    const config = sessionSection("corp").replace("sso:account:access", "openid");
    const world = await signInWorld({ config });
    world.center.misbehave({ path: ASSIGNMENT, how: rejection(401, "UnauthorizedException") });
    expect((await world.call()).code).toBe(5);
    world.center.behave();
    world.center.revokeSessions();
    await world.home.write(".aws/config", sessionSection("corp"));
    expect(await world.call()).toMatchObject({ code: 0, stderr: "" });
  });
});

describe("a wrong start URL or region", () => {
  const HINT =
    "check sso_start_url (https://d-1234567890.awsapps.com/start) and sso_region (eu-west-1) in [sso-session corp]\n";

  it.each([
    ["/client/register", "browser", "invalid_request", "InvalidRequestException"],
    ["/device_authorization", "device", "invalid_request", "InvalidRequestException"],
    ["/token", "browser", "invalid_grant", "InvalidGrantException"],
    ["/token", "device", "invalid_request", "InvalidRequestException"],
  ])(
    "that %s (%s) answers with %s is named, and no command that would fail alike",
    async (path, grant, error, exception) => {
      const world = await signInWorld({ env: { SSO_CRED_LOGIN: grant } });
      world.center.misbehave({ path, how: oidcError(error, exception) });
      const { code, stderr } = await world.call();
      expect(code).toBe(5);
      expect(stderr).toBe(
        `sso-cred: the sign-in to 'corp' failed: ${error}: ${error} said the service; ${HINT}`,
      );
    },
  );
});

describe("scopes that the service does not accept", () => {
  const config = sessionSection("corp").replace("sso:account:access", "sso:account:access, sso:acount:acess");
  const hint =
    "; check sso_registration_scopes (sso:account:access, sso:acount:acess) in [sso-session corp]\n";

  it.each([
    ["invalid_scope", "InvalidScopeException"],
    ["invalid_client_metadata", "InvalidClientMetadataException"],
  ])("are named after %s, without a command that would fail alike", async (error, exception) => {
    const world = await signInWorld({ config });
    world.center.misbehave({ path: "/client/register", how: oidcError(error, exception) });
    const { code, stderr } = await world.call();
    expect([code, stderr]).toEqual([
      5,
      `sso-cred: the sign-in to 'corp' failed: ${error}: ${error} said the service${hint}`,
    ]);
  });

  it("are named after the page has sent the browser back with that error", async () => {
    const world = await signInWorld({ config, browser: "ignore" });
    const call = world.call();
    await world.until(() => world.opened().length > 0);
    const { searchParams } = new URL(String(world.opened()[0]));
    const query = new URLSearchParams({ error: "invalid_scope", state: String(searchParams.get("state")) });
    await fetch(`${searchParams.get("redirect_uri")}?${query}`);
    const { code, stderr } = await call;
    expect([code, stderr]).toEqual([5, `sso-cred: the sign-in to 'corp' failed: invalid_scope${hint}`]);
  });
});
