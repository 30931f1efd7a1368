import { describe, expect, it } from "vitest";
import { inventory, type Portal } from "../../../src/inventory/inventory.ts";
import { fakeSystem } from "../../support/fakeSystem.ts";

describe("a portal whose pages never end", () => {
  const account = { accountId: "123456789011", accountName: "a", emailAddress: "a@example.com" };
  const memory = {
    ageMs: undefined,
    accounts: () => undefined,
    roles: () => undefined,
    learnAccounts() {},
    learnRoles() {},
    save() {},
    forget() {},
  };

  it.each([
    ["repeats its place", () => "again"],
    ["always names a new one", (page: number) => `page-${page}`],
  ])("is unavailable if it %s", async (_, placeAfter) => {
    let pages = 0;
    const nextToken = () => placeAfter(++pages);
    const portal: Portal = {
      listAccounts: async () => ({ accounts: [account], nextToken: nextToken() }),
      listAccountRoles: async () => ({ roles: ["ReadOnly"], nextToken: nextToken() }),
    };
    const endless = { kind: "unavailable", message: "the portal's list has no end" };
    await expect(inventory(portal, fakeSystem(), memory).accounts()).rejects.toMatchObject(endless);
    pages = 0;
    await expect(inventory(portal, fakeSystem(), memory).assignments([account])).rejects.toMatchObject(
      endless,
    );
  });

  it("is unavailable if it sends too much to be a list, long before it has sent too many pages", async () => {
    let pages = 0;
    const roles = ["x".repeat(8 * 1024 * 1024)];
    const portal: Portal = {
      listAccounts: async () => ({ accounts: [account] }),
      listAccountRoles: async () => ({ roles, nextToken: `page-${++pages}` }),
    };
    const assigned = inventory(portal, fakeSystem(), memory).assignments([account]);
    await expect(assigned).rejects.toMatchObject({ message: "the portal's list has no end" });
    expect(pages).toBe(8);
  });
});
