import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { sha1 } from "../../../src/hit/sha1.ts";
import { serviceUnavailable } from "../../../src/http/serviceUnavailable.ts";
import { ServiceError } from "../../../src/identityCenter/identityCenter.ts";
import { inventory, type Portal, type Progress } from "../../../src/inventory/inventory.ts";
import { inventoryFile } from "../../../src/inventory/inventoryFile.ts";
import { PORTAL_REQUESTS_PER_SECOND } from "../../../src/inventory/rateLimiter.ts";
import { fakeClock } from "../../support/fakeClock.ts";
import { fakeSystem } from "../../support/fakeSystem.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const session = { name: "my-sso", startUrl: "https://example.com/start" };
const throttled = () => serviceUnavailable("429", "429", { retry: true, isThrottled: true });

/** A portal in memory, on the test's clock: token bucket, latency, faults by request number. */
function fakePortal(
  clock: { now(): number; sleep(ms: number): Promise<void> },
  { accounts = 500, perSecond = 20, failAt = -1, burst = 20 } = {},
) {
  const ids = Array.from({ length: accounts }, (_, at) => String(100_000_000_001 + at));
  const seen: string[] = [];
  let tokens = burst;
  let filledAt = clock.now();
  let refused = 0;
  async function answer<T>(what: string, result: T): Promise<T> {
    const number = seen.length + refused;
    await clock.sleep(80);
    tokens = Math.min(burst, tokens + ((clock.now() - filledAt) / 1000) * perSecond);
    filledAt = clock.now();
    if (tokens < 1) {
      refused++;
      throw throttled();
    }
    tokens--;
    if (number === failAt) throw new Error("the power went out");
    seen.push(what);
    return result;
  }
  const portal: Portal = {
    listAccounts(nextToken) {
      const from = Number(nextToken ?? 0);
      const page = ids.slice(from, from + 100).map((accountId) => ({
        accountId,
        accountName: `account-${accountId}`,
        emailAddress: "a@example.com",
      }));
      const next = from + 100 < ids.length ? { nextToken: String(from + 100) } : {};
      return answer(`accounts ${from}`, { accounts: page, ...next });
    },
    listAccountRoles: (accountId) => answer(accountId, { roles: ["ReadOnly", "Admin"] }),
  };
  return { portal, seen, refusals: () => refused };
}

let home: string;
beforeEach(() => {
  home = temporaryFolder();
});

const file = () => join(home, ".aws", "sso-cred", `inventory-${sha1("my-sso")}.json`);
const newSystem = () => fakeSystem({ env: { HOME: home }, clock: fakeClock() });

describe("listing 500 accounts", () => {
  it("takes at most 1.15 times as long as 20 requests a second allow, and is never throttled", async () => {
    const system = newSystem();
    const { portal, seen, refusals } = fakePortal(system.clock, { burst: 5 });
    const list = inventory(portal, system, inventoryFile(session, "token", system));
    const startedAt = system.now();
    const { assignments } = await list.assignments(await list.accounts());
    expect(assignments).toHaveLength(1000);
    expect(assignments[0]).toMatchObject({ accountId: "100000000001", roleName: "Admin" });
    expect(seen).toHaveLength(505);
    expect(refusals()).toBe(0);
    const floorMs = (505 / PORTAL_REQUESTS_PER_SECOND) * 1000;
    expect(system.now() - startedAt).toBeLessThan(floorMs * 1.15);
    expect(system.now() - startedAt).toBeGreaterThan(floorMs * 0.95);
  });

  it("finds a lower limit and keeps to it", async () => {
    const system = newSystem();
    const { portal, refusals } = fakePortal(system.clock, { perSecond: 8, burst: 8 });
    const list = inventory(portal, system, inventoryFile(session, "token", system));
    const startedAt = system.now();
    expect((await list.assignments(await list.accounts())).assignments).toHaveLength(1000);
    expect(system.now() - startedAt).toBeLessThan((505 / 8) * 1000 * 1.5);
    expect(refusals()).toBeLessThan(505 / 4);
  });

  it("reports its progress and the time left", async () => {
    const system = newSystem();
    const told: Progress[] = [];
    const { portal } = fakePortal(system.clock);
    const list = inventory(portal, system, inventoryFile(session, "t", system), (progress) =>
      told.push(progress),
    );
    await list.assignments(await list.accounts());
    expect(told[0]).toEqual({ done: 0, total: 500, secondsLeft: 25 });
    expect(told.at(-1)).toEqual({ done: 500, total: 500, secondsLeft: 0 });
    expect(told.map(({ done }) => done)).toEqual(told.map((_, at) => at));
  });

  it("continues an interrupted listing, and requests nothing twice", async () => {
    const system = newSystem();
    const dying = fakePortal(system.clock, { failAt: 300 });
    const cutShort = inventoryFile(session, "token", system);
    const first = inventory(dying.portal, system, cutShort);
    await expect(first.accounts().then((all) => first.assignments(all))).rejects.toThrow(
      "the power went out",
    );
    cutShort.save();

    const { portal, seen } = fakePortal(system.clock);
    const memory = inventoryFile(session, "token", system);
    const again = inventory(portal, system, memory);
    expect((await again.assignments(await again.accounts())).assignments).toHaveLength(1000);
    expect(seen.length).toBeLessThan(215);
    expect(seen.filter((account) => dying.seen.includes(account))).toEqual([]);
    memory.forget();
    expect(existsSync(file())).toBe(false);
  });

  it("serves a later run with its age, but a listing without accounts does not", async () => {
    const system = newSystem();
    for (const count of [0, 5]) {
      const memory = inventoryFile(session, "token", system);
      const list = inventory(fakePortal(system.clock, { accounts: count }).portal, system, memory);
      await list.assignments(await list.accounts());
      memory.save();
      expect(existsSync(file())).toBe(count > 0);
    }
    const writtenAt = system.now();
    system.clock.advance(3 * 60_000);
    const memory = inventoryFile(session, "token", system);
    expect(memory.ageMs).toBeGreaterThanOrEqual(system.now() - writtenAt);
    const { portal, seen } = fakePortal(system.clock);
    const list = inventory(portal, system, memory);
    expect((await list.assignments(await list.accounts())).assignments).toHaveLength(10);
    expect(seen).toEqual([]);
  });

  it("skips accounts whose roles the portal does not list, asks once for each, and stores no rejection", async () => {
    const system = newSystem();
    const { portal } = fakePortal(system.clock, { accounts: 40 });
    const asked: string[] = [];
    const partial: Portal = {
      ...portal,
      listAccountRoles(accountId) {
        asked.push(accountId);
        if (!accountId.endsWith("7")) return portal.listAccountRoles(accountId);
        return Promise.reject(new ServiceError("portal", 403, "ForbiddenException", "No\u001baccess"));
      },
    };
    const list = inventory(partial, system, inventoryFile(session, "token", system));
    const accounts = await list.accounts();
    const { assignments, unlisted } = await list.assignments(accounts);
    expect(assignments).toHaveLength(72);
    const refused = ["100000000007", "100000000017", "100000000027", "100000000037"];
    expect(unlisted).toEqual(refused.map((accountId) => ({ accountId, reason: "No access" })));
    expect(await list.assignments(accounts)).toEqual({ assignments, unlisted });
    expect(asked).toHaveLength(40);
    const next = inventoryFile(session, "token", system);
    expect(refused.map((accountId) => next.roles(accountId))).toEqual(refused.map(() => undefined));
  });

  it("ends at once if the portal rejects the token, for any account", async () => {
    const system = newSystem();
    const { portal } = fakePortal(system.clock, { accounts: 200 });
    let asked = 0;
    const revoked: Portal = {
      ...portal,
      listAccountRoles() {
        asked++;
        return Promise.reject(
          new ServiceError("portal", 401, "UnauthorizedException", "Session token not found"),
        );
      },
    };
    const list = inventory(revoked, system, inventoryFile(session, "token", system));
    await expect(list.accounts().then((all) => list.assignments(all))).rejects.toMatchObject({ status: 401 });
    expect(asked).toBeLessThan(40);
  });

  it("starts anew for another token, after ten minutes and on request, and stores no secret", async () => {
    const system = newSystem();
    const dying = fakePortal(system.clock, { failAt: 300 });
    const first = inventory(dying.portal, system, inventoryFile(session, "secret-token", system));
    await expect(first.accounts().then((all) => first.assignments(all))).rejects.toThrow();
    expect(readFileSync(file(), "utf8")).not.toContain("secret-token");
    expect(inventoryFile(session, "secret-token", system).accounts()).toHaveLength(500);
    expect(inventoryFile(session, "other-token", system).accounts()).toBeUndefined();
    expect(inventoryFile(session, "secret-token", system, { isFresh: true }).accounts()).toBeUndefined();
    system.clock.advance(10 * 60_000);
    expect(inventoryFile(session, "secret-token", system).accounts()).toBeUndefined();
  });

  it("survives short outages, and gives up if the portal sends only 429 for a minute", async () => {
    const system = newSystem();
    const { portal } = fakePortal(system.clock, { accounts: 3 });
    let failures = 2;
    const shaky: Portal = {
      ...portal,
      async listAccounts(next) {
        if (failures-- > 0) throw serviceUnavailable("reset", "reset", { retry: true });
        return portal.listAccounts(next);
      },
    };
    const list = inventory(shaky, system, inventoryFile(session, "t", system));
    expect(await list.accounts()).toHaveLength(3);
    const closed: Portal = { ...portal, listAccountRoles: () => Promise.reject(throttled()) };
    const refused = inventory(closed, system, inventoryFile({ ...session, name: "x" }, "t", system));
    const startedAt = system.now();
    await expect(refused.assignments(await refused.accounts())).rejects.toThrow("429");
    expect(system.now() - startedAt).toBeGreaterThan(60_000);
    expect(system.now() - startedAt).toBeLessThan(90_000);
  });
});

it("lists once what a page repeats, because somebody changed the assignments meanwhile", async () => {
  const system = newSystem();
  const account = { accountId: "100000000001", accountName: "dev", emailAddress: "" };
  const portal: Portal = {
    listAccounts: async (next) => ({ accounts: [account], ...(next ? {} : { nextToken: "2" }) }),
    listAccountRoles: async (_, next) => ({ roles: ["Admin"], ...(next ? {} : { nextToken: "2" }) }),
  };
  const list = inventory(portal, system, inventoryFile(session, "token", system));
  const { assignments } = await list.assignments(await list.accounts());
  expect(assignments).toEqual([{ ...account, roleName: "Admin" }]);
});
