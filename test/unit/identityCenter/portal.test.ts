import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { generateAccounts } from "../../identityCenter/accounts.ts";
import { type IdentityCenter, startIdentityCenter } from "../../identityCenter/identityCenter.ts";
import { portalGet } from "./oidcClient.ts";

let now: number;
let center: IdentityCenter;

beforeEach(async () => {
  now = Date.parse("2026-03-01T12:00:00Z");
  center = await startIdentityCenter({ now: () => now, accounts: generateAccounts(250, 3) });
});
afterEach(() => center.stop());

const CREDENTIALS = "/federation/credentials?role_name=role-01&account_id=100000000001";

describe("the portal", () => {
  it("gives role credentials with an expiration in milliseconds", async () => {
    const { body } = await portalGet(center, CREDENTIALS, center.signIn().accessToken);
    expect(body.roleCredentials).toEqual({
      accessKeyId: expect.stringMatching(/^ASIA[A-Z0-9]{16}$/),
      secretAccessKey: expect.any(String),
      sessionToken: expect.any(String),
      expiration: now + 3600_000,
    });
  });

  it.each([
    ["unknown", () => {}, "made-up"],
    ["absent", () => {}, ""],
    ["revoked", () => center.revokeSessions(), undefined],
    ["expired by order", () => center.expireAccessTokens(), undefined],
    ["expired by time", () => center.advance(3600_000), undefined],
  ])("responds with 401 to a token that is %s", async (_, spoil, other) => {
    const { accessToken } = center.signIn();
    spoil();
    const reply = await portalGet(center, CREDENTIALS, other ?? accessToken);
    expect(reply.status).toBe(401);
    expect(reply.body).toEqual({
      message: "Session token not found or invalid",
      __type: "com.amazonaws.switchboard.portal#UnauthorizedException",
    });
  });

  it("responds with 403 for a role that is not, or no longer, assigned", async () => {
    const { accessToken } = center.signIn();
    center.forbid("role-01", "100000000001");
    const reply = await portalGet(center, CREDENTIALS, accessToken);
    expect([reply.status, reply.body.message]).toEqual([403, "No access"]);
    const roles = await portalGet(center, "/assignment/roles?account_id=100000000001", accessToken);
    expect(roles.body.roleList).toHaveLength(2);
  });

  it("pages through accounts, each once", async () => {
    const { accessToken } = center.signIn();
    const seen: unknown[] = [];
    const sizes: number[] = [];
    for (let next = ""; ; ) {
      const query = `?max_result=100${next && `&next_token=${encodeURIComponent(next)}`}`;
      const { body } = await portalGet(center, `/assignment/accounts${query}`, accessToken);
      const list = body.accountList as { accountId: string }[];
      sizes.push(list.length);
      seen.push(...list.map(({ accountId }) => accountId));
      if (body.nextToken === null) break;
      next = String(body.nextToken);
    }
    expect(sizes).toEqual([100, 100, 50]);
    expect(new Set(seen).size).toBe(250);
  });

  it("allows the configured number of requests a second, and no more", async () => {
    center.settings.portalRequestsPerSecond = 5;
    const { accessToken } = center.signIn();
    const statuses = async (count: number) => {
      const replies = Array.from({ length: count }, () => portalGet(center, CREDENTIALS, accessToken));
      return (await Promise.all(replies)).map(({ status }) => status).sort();
    };
    expect(await statuses(7)).toEqual([200, 200, 200, 200, 200, 429, 429]);
    now += 400;
    expect(await statuses(3)).toEqual([200, 200, 429]);
  });
});
