import { describe, expect, it } from "vitest";
import { rolePath } from "../support/home.ts";
import { ACCOUNT, keyOf, putRole, signedInWorld } from "../support/signedIn.ts";

const ROLE_FILE = rolePath("corp", ACCOUNT, "ReadOnly");

describe("SSO_CRED_CACHE=off", () => {
  it("keeps role credentials off the disk, and asks each time", async () => {
    const world = await signedInWorld({ env: { SSO_CRED_CACHE: "off" } });
    const kept = await putRole(world, 3600);
    const keys = [keyOf(await world.call()), keyOf(await world.call())];
    expect(new Set([kept, ...keys]).size).toBe(3);
    expect(await world.home.read(ROLE_FILE)).toContain(kept);
    expect((await world.home.files(".aws/cli")).length).toBe(1);
  });
});

it("a cache that cannot be written makes no run fail", async () => {
  const world = await signedInWorld();
  await world.home.write(".aws/cli", "a file in the folder's place");
  const call = await world.call();
  expect([call.code, call.stderr]).toEqual([0, ""]);
  expect(keyOf(call)).toMatch(/^ASIA/);
});
