import { expect, it } from "vitest";
import { type SignInWorld, signInWorld } from "../support/signInWorld.ts";

/** True if no worker runs three seconds after a logout. */
async function endsWithLogout(world: SignInWorld): Promise<boolean> {
  await world.call(["logout", "corp"]);
  let hasEnded = false;
  const settled = world.settled().then(() => {
    hasEnded = true;
  });
  await world.clock.sleep(3_000);
  const answer = hasEnded;
  await settled;
  return answer;
}

it("a worker whose preparations hang ends with the logout", async () => {
  const world = await signInWorld({ env: { SSO_CRED_WAIT: "1" } });
  world.center.misbehave({ path: "/client/register", how: { kind: "blackHole" } });
  expect((await world.call()).code).toBe(4);
  expect(await endsWithLogout(world)).toBe(true);
});

it("a worker whose poll hangs ends with the logout", async () => {
  const world = await signInWorld({
    browser: "ignore",
    env: { SSO_CRED_LOGIN: "device", SSO_CRED_WAIT: "1" },
    center: { intervalSeconds: 1 },
  });
  expect((await world.call()).code).toBe(4);
  const polls = world.center.count("/token");
  world.center.misbehave({ path: "/token", how: { kind: "blackHole" } });
  await world.clock.sleep(1_500);
  expect(world.center.count("/token")).toBe(polls + 1);
  expect(await endsWithLogout(world)).toBe(true);
});
