import { describe, expect, it } from "vitest";
import { isoSeconds, START_URL, tokenFile, tokenPath } from "../support/home.ts";
import { type SignInWorld, signInWorld } from "../support/signInWorld.ts";

async function signedIn(world: SignInWorld, secondsLeft: number): Promise<void> {
  const expiresAt = world.clock.now() + secondsLeft * 1000;
  const token = tokenFile({ ...world.center.signIn(), expiresAt });
  await world.home.write(tokenPath("corp"), { startUrl: START_URL, region: "eu-west-1", ...token });
}

describe("while the OIDC service is out of order", () => {
  it("a usable token is used after at most 3 s of retries", async () => {
    const world = await signInWorld();
    await signedIn(world, 300);
    world.center.misbehave({ path: "/token", how: { kind: "status", status: 503 } });
    const began = world.clock.now();
    const { code, stderr } = await world.call();
    expect([code, stderr]).toEqual([0, ""]);
    expect(world.clock.now() - began).toBeLessThanOrEqual(3_000);
    expect(await world.home.readJson(tokenPath("corp"))).toMatchObject({
      expiresAt: isoSeconds(began + 300_000),
    });
  });

  it("callers who wait for one attempt share its failure, and none makes a second", async () => {
    const world = await signInWorld();
    await signedIn(world, -300);
    world.center.misbehave({ path: "/token", how: { kind: "status", status: 503 } });
    const began = world.clock.now();
    const roles = ["ReadOnly", "ReadOnly", "Admin", "Admin", "ReadOnly"];
    const calls = await Promise.all(
      roles.map((role) => world.call(["corp", "--account-id", "123456789011", "--role-name", role])),
    );
    expect(calls.map(({ code }) => code)).toEqual(roles.map(() => 7));
    expect(world.clock.now() - began).toBeLessThanOrEqual(10_500);
    expect(world.opened()).toEqual([]);
  });
});
