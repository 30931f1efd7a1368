import { get, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type IdentityCenter, startIdentityCenter } from "../../identityCenter/identityCenter.ts";
import type { How } from "../../identityCenter/misbehaviour.ts";
import { portalGet, post } from "./oidcClient.ts";

let center: IdentityCenter;
beforeEach(async () => {
  center = await startIdentityCenter({ servers: "separate" });
});
afterEach(() => center.stop());

const ACCOUNTS = "/assignment/accounts";
const ask = (how: How) => {
  center.misbehave({ path: ACCOUNTS, times: 1, how });
  const headers = { "x-amz-sso_bearer_token": center.signIn().accessToken };
  return fetch(center.urls.portal + ACCOUNTS, { headers, signal: AbortSignal.timeout(5000) });
};

describe("misbehaviour", () => {
  it("sends a status with body and headers the given number of times, then works again", async () => {
    const bad = await ask({ kind: "status", status: 503, body: "busy", headers: { "retry-after": "1" } });
    expect([bad.status, await bad.text(), bad.headers.get("retry-after")]).toEqual([503, "busy", "1"]);
    expect((await portalGet(center, ACCOUNTS, center.signIn().accessToken)).status).toBe(200);
    expect(center.requests.map(({ status }) => status)).toEqual([503, 200]);
  });

  it.each([
    ["captivePortal", 200],
    ["proxy403", 403],
    ["proxy407", 407],
  ] as const)("plays the network in between: %s", async (kind, status) => {
    center.misbehave({ path: ACCOUNTS, how: { kind } });
    // Uses no fetch, which turns 407 into an error of its own.
    const response = await new Promise<IncomingMessage>((resolve) => {
      get(center.urls.portal + ACCOUNTS, resolve);
    });
    response.resume();
    expect([response.statusCode, response.headers["content-type"]]).toEqual([
      status,
      "text/html; charset=utf-8",
    ]);
  });

  it("drops the connection, or half of the answer", async () => {
    await expect(ask({ kind: "drop" })).rejects.toThrow("fetch failed");
    const half = await ask({ kind: "half" });
    expect(half.status).toBe(200);
    await expect(half.text()).rejects.toThrow("terminated");
    center.misbehave({ path: "/logout", how: { kind: "half" } });
    const headers = { "x-amz-sso_bearer_token": center.signIn().accessToken };
    const emptyHalf = await fetch(`${center.urls.portal}/logout`, { method: "POST", headers });
    await expect(emptyHalf.text()).rejects.toThrow("terminated");
  });

  it("loses only the response: a refresh whose response is dropped has spent the token", async () => {
    const { clientId, clientSecret, refreshToken } = center.signIn();
    const request = { grantType: "refresh_token", clientId, clientSecret, refreshToken };
    center.misbehave({ path: /^\/tok/, times: 1, how: { kind: "drop", afterWork: true } });
    await expect(post(center, "/token", request)).rejects.toThrow("fetch failed");
    expect((await post(center, "/token", request)).body.error).toBe("invalid_grant");
  });

  it("sends slowly, without end, nonsense or too little", async () => {
    expect(await (await ask({ kind: "drip", everyMs: 1 })).json()).toHaveProperty("accountList");
    const endless = await ask({ kind: "endless" });
    let read = 0;
    for await (const chunk of endless.body ?? []) {
      read += chunk.length;
      if (read > 300_000) break;
    }
    expect(read).toBeGreaterThan(300_000);
    await expect((await ask({ kind: "invalidJson" })).json()).rejects.toThrow(SyntaxError);
    expect(await (await ask({ kind: "noCredentials" })).json()).toEqual({});
  });

  it("accepts a request and never responds", async () => {
    center.misbehave({ path: ACCOUNTS, how: { kind: "blackHole" } });
    const stop = new AbortController();
    const asked = fetch(center.urls.portal + ACCOUNTS, { signal: stop.signal });
    await expect.poll(() => center.count(ACCOUNTS)).toBe(1);
    stop.abort();
    await expect(asked).rejects.toThrow("aborted");
    expect(center.requests[0]?.status).toBe(0);
  });

  it("stops and restarts one service alone, at the same port", async () => {
    const portal = center.urls.portal;
    await center.goDown("portal");
    const refused = new Promise((resolve) => {
      connect(Number(new URL(portal).port), "127.0.0.1").on("error", (error) => resolve(Object(error).code));
    });
    expect(await refused).toBe("ECONNREFUSED");
    expect((await post(center, "/token", {})).errorType).toBe("InvalidClientException");
    await center.comeBack("portal");
    expect((await fetch(portal + ACCOUNTS)).status).toBe(401);
  });

  it("keeps the services apart when they have servers of their own", async () => {
    expect((await fetch(center.urls.oidc + ACCOUNTS)).status).toBe(404);
    expect((await fetch(`${center.urls.portal}/token`, { method: "POST" })).status).toBe(404);
  });
});
