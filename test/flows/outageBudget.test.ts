import { describe, expect, it } from "vitest";
import { readTokenFile, roleArguments, signedInWorld } from "../support/signedIn.ts";

describe("while the OIDC service is out of order", () => {
  it("a usable token is used after at most 3 s of retries", async () => {
    const world = await signedInWorld({ secondsLeft: 300 });
    world.center.misbehave({ path: "/token", how: { kind: "status", status: 503 } });
    const { code, stderr, ms } = await world.call();
    expect([code, stderr]).toEqual([0, ""]);
    expect(ms).toBeLessThanOrEqual(3_000);
    expect((await readTokenFile(world)).expiresAt).toBe(world.file.expiresAt);
  });

  it("callers who wait for one attempt share its failure, and none makes a second", async () => {
    const world = await signedInWorld({ secondsLeft: -300 });
    world.center.misbehave({ path: "/token", how: { kind: "status", status: 503 } });
    const began = world.clock.now();
    const roles = ["ReadOnly", "ReadOnly", "Admin", "Admin", "ReadOnly"];
    const calls = await Promise.all(roles.map((role) => world.call(roleArguments(role))));
    expect(calls.map(({ code }) => code)).toEqual(roles.map(() => 7));
    expect(world.clock.now() - began).toBeLessThanOrEqual(10_500);
    expect(world.opened()).toEqual([]);
  });
});
