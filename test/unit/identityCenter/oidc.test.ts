import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type IdentityCenter, startIdentityCenter } from "../../identityCenter/identityCenter.ts";
import { authorize, DEVICE_GRANT, post, REDIRECT, registerForCode, registerForDevice } from "./oidcClient.ts";

let now: number;
let center: IdentityCenter;

beforeEach(async () => {
  now = Date.parse("2026-03-01T12:00:00Z");
  center = await startIdentityCenter({ now: () => now });
});
afterEach(() => center.stop());

describe("the authorization code grant", () => {
  const redeem = async (changes: object = {}) => {
    const { body: client } = await registerForCode(center);
    const { callback, verifier } = await authorize(center, client.clientId);
    return post(center, "/token", {
      grantType: "authorization_code",
      clientId: client.clientId,
      clientSecret: client.clientSecret,
      redirectUri: REDIRECT,
      codeVerifier: verifier,
      code: callback.get("code"),
      ...changes,
    });
  };

  it("redirects with code and state, and redeems the code for a token", async () => {
    const reply = await redeem();
    expect(reply.body).toEqual({
      accessToken: expect.any(String),
      tokenType: "Bearer",
      expiresIn: 3600,
      refreshToken: expect.any(String),
    });
  });

  it.each([
    ["another verifier", { codeVerifier: "x".repeat(64) }, "InvalidGrantException"],
    ["another redirect URI", { redirectUri: "http://127.0.0.1:1/oauth/callback" }, "InvalidGrantException"],
    ["a code it never gave", { code: "made-up" }, "InvalidGrantException"],
    ["a wrong client secret", { clientSecret: "wrong" }, "InvalidClientException"],
    ["an unknown grant", { grantType: "password" }, "UnsupportedGrantTypeException"],
    ["a grant not registered for", { grantType: DEVICE_GRANT }, "UnauthorizedClientException"],
  ])("rejects %s", async (_, changes, errorType) => {
    expect((await redeem(changes)).errorType).toBe(errorType);
  });

  it("redeems a code once, even when the first attempt failed", async () => {
    const { body: client } = await registerForCode(center);
    const { callback, verifier } = await authorize(center, client.clientId);
    const request = {
      grantType: "authorization_code",
      clientId: client.clientId,
      clientSecret: client.clientSecret,
      redirectUri: REDIRECT,
      code: callback.get("code"),
    };
    expect((await post(center, "/token", { ...request, codeVerifier: "y".repeat(43) })).status).toBe(400);
    expect((await post(center, "/token", { ...request, codeVerifier: verifier })).body.error).toBe(
      "invalid_grant",
    );
  });

  it.each([
    ["a redirect URI without a port", { redirect_uri: "http://127.0.0.1/oauth/callback" }],
    ["a redirect URI elsewhere", { redirect_uri: "http://evil.example:80/oauth/callback" }],
    ["another path", { redirect_uri: "http://127.0.0.1:5555/callback" }],
    ["a plain challenge", { code_challenge_method: "plain" }],
    ["no state", { state: "" }],
    ["a scope that was not registered", { scopes: "admin" }],
    ["an unknown client", { client_id: "nobody" }],
  ])("responds to %s without a redirect", async (_, changes) => {
    const { body: client } = await registerForCode(center);
    const { status, location } = await authorize(center, client.clientId, changes);
    expect([status >= 400, location]).toEqual([true, null]);
  });

  it("denies, asks or leads nowhere, as configured", async () => {
    const { body: client } = await registerForCode(center);
    center.settings.consent = "deny";
    const denied = await authorize(center, client.clientId);
    expect([denied.callback.get("error"), denied.callback.get("state")]).toEqual([
      "access_denied",
      "the-state",
    ]);
    center.settings.consent = "page";
    const asked = await authorize(center, client.clientId);
    expect(asked.page).toContain("Allow");
    const press = async (decision: string) => {
      const body = new URLSearchParams({ decision });
      const answer = await fetch(asked.url, { method: "POST", body, redirect: "manual" });
      return [answer.status, answer.headers.get("location")];
    };
    expect(await press("deny")).toEqual([303, expect.stringContaining(`${REDIRECT}?error=access_denied`)]);
    expect(await press("allow")).toEqual([303, expect.stringMatching(/\?code=[^&]+&state=the-state$/)]);
    center.settings.consent = "never";
    expect((await authorize(center, client.clientId)).page).not.toContain("<form");
  });

  it("registers only the loopback callback", async () => {
    const reply = await registerForCode(center, { redirectUris: ["http://example.com/"] });
    expect(reply.errorType).toBe("InvalidRedirectUriException");
  });
});

describe("the device grant", () => {
  const poll = (client: object, deviceCode: unknown) =>
    post(center, "/token", { grantType: DEVICE_GRANT, ...client, deviceCode });
  const begin = async () => {
    const client = await registerForDevice(center);
    const startUrl = "https://d-1234567890.awsapps.com/start";
    const { body } = await post(center, "/device_authorization", { ...client, startUrl });
    return { client, ...body } as { client: object; deviceCode: string; userCode: string } & typeof body;
  };

  it("is pending until the person approves, and then works once", async () => {
    const { client, deviceCode, userCode } = await begin();
    expect((await poll(client, deviceCode)).body.error).toBe("authorization_pending");
    center.approveDevice(userCode);
    expect((await poll(client, deviceCode)).body.accessToken).toEqual(expect.any(String));
    expect((await poll(client, deviceCode)).body.error).toBe("invalid_grant");
  });

  it("is approved by a visit of verificationUriComplete, and denied by a press of Deny", async () => {
    const first = await begin();
    await fetch(String(first.verificationUriComplete));
    expect((await poll(first.client, first.deviceCode)).status).toBe(200);
    const second = await begin();
    const pressed = new URLSearchParams({ decision: "deny" });
    await fetch(String(second.verificationUriComplete), { method: "POST", body: pressed });
    expect((await poll(second.client, second.deviceCode)).body.error).toBe("access_denied");
  });

  it("takes the code typed into the form of verificationUri", async () => {
    center.settings.consent = "page";
    const { client, deviceCode, userCode, verificationUri } = await begin();
    expect(await (await fetch(String(verificationUri))).text()).toContain('name="user_code"');
    const typed = new URLSearchParams({ user_code: userCode, decision: "allow" });
    await fetch(String(verificationUri), { method: "POST", body: typed });
    expect((await poll(client, deviceCode)).status).toBe(200);
  });

  it("expires", async () => {
    const { client, deviceCode } = await begin();
    now += 600_000;
    expect((await poll(client, deviceCode)).body.error).toBe("expired_token");
  });

  it("responds to fast polls with slow_down if configured, and the interval grows", async () => {
    center.settings.enforceInterval = true;
    const { client, deviceCode } = await begin();
    const errors: unknown[] = [];
    for (const waitMs of [0, 500, 5000, 6000, 11_000]) {
      now += waitMs;
      errors.push((await poll(client, deviceCode)).body.error);
    }
    const [pending, slow] = ["authorization_pending", "slow_down"];
    expect(errors).toEqual([pending, slow, slow, slow, slow]);
    now += 21_000;
    expect((await poll(client, deviceCode)).body.error).toBe(pending);
  });
});

describe("the refresh grant", () => {
  const refresh = (token: { clientId?: string; clientSecret?: string }, refreshToken: unknown) =>
    post(center, "/token", {
      grantType: "refresh_token",
      clientId: token.clientId,
      clientSecret: token.clientSecret,
      refreshToken,
    });

  it("rotates: each refresh token works once", async () => {
    const token = center.signIn();
    const second = (await refresh(token, token.refreshToken)).body.refreshToken;
    expect((await refresh(token, token.refreshToken)).body.error).toBe("invalid_grant");
    expect((await refresh(token, second)).status).toBe(200);
  });

  it("keeps the old refresh token valid if the response omits one", async () => {
    center.settings.omitRefreshToken = ["refresh"];
    const token = center.signIn();
    expect((await refresh(token, token.refreshToken)).body).not.toHaveProperty("refreshToken");
    expect((await refresh(token, token.refreshToken)).status).toBe(200);
  });

  it("can accept a spent token for a while", async () => {
    center.settings.refreshTokenGraceSeconds = 30;
    const token = center.signIn();
    await refresh(token, token.refreshToken);
    now += 29_000;
    expect((await refresh(token, token.refreshToken)).status).toBe(200);
    now += 2_000;
    expect((await refresh(token, token.refreshToken)).body.error).toBe("invalid_grant");
  });

  it("ends with the session, with logout and with the registration", async () => {
    const ended = center.signIn();
    now += 8 * 3600_000;
    expect((await refresh(ended, ended.refreshToken)).body.error).toBe("invalid_grant");
    const out = center.signIn();
    const headers = { "x-amz-sso_bearer_token": out.accessToken };
    expect((await fetch(`${center.url}/logout`, { method: "POST", headers })).status).toBe(200);
    expect((await refresh(out, out.refreshToken)).body.error).toBe("invalid_grant");
    const last = center.signIn();
    center.expireRegistrations();
    const reply = await refresh(last, last.refreshToken);
    expect([reply.status, reply.body.error]).toEqual([401, "invalid_client"]);
  });

  it("belongs to the client that signed in", async () => {
    const token = center.signIn();
    expect((await refresh(center.signIn(), token.refreshToken)).body.error).toBe("invalid_grant");
  });

  it("is not offered to clients without the scope", () => {
    expect(center.signIn({ scopes: [] })).not.toHaveProperty("refreshToken");
  });
});
