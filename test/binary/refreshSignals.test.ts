import { expect, test } from "vitest";
import { binaryWorld, MAIN_JOB, signedIn } from "../support/binaryWorld.ts";
import { EXECUTABLE } from "../support/builtExecutable.ts";
import { start } from "../support/run.ts";

const EXPIRED = { expiresAt: "2020-01-01T00:00:00Z" };

test.each(["SIGINT", "SIGTERM", "SIGHUP", "SIGKILL"] as const)(
  "%s while /token is slow ends the call, and the new refresh token is stored all the same: the next call needs nobody",
  async (signal) => {
    const world = await binaryWorld();
    await signedIn(world, EXPIRED);
    world.center.misbehave({ path: "/token", times: 1, how: { kind: "latency", ms: 1_500 } });
    const call = start(EXECUTABLE, MAIN_JOB, world.options);
    await expect.poll(() => world.center.count("/token"), { timeout: 20_000 }).toBe(1);

    call.kill(signal);
    const { code, stdout } = await call.done;

    expect({ ended: code !== 0, stdout }).toEqual({ ended: true, stdout: "" });
    const next = await world.run(MAIN_JOB, { SSO_CRED_LOGIN: "never" });
    expect({ code: next.code, stderr: next.stderr }).toEqual({ code: 0, stderr: "" });
    expect(world.center.count("/token")).toBe(1);
  },
);

test("a response to a refresh that takes longer than 15 s is waited for and kept", async () => {
  const world = await binaryWorld();
  await signedIn(world, EXPIRED);
  world.center.misbehave({ path: "/token", times: 1, how: { kind: "latency", ms: 16_000 } });

  const { code, stderr } = await world.run(MAIN_JOB, { SSO_CRED_LOGIN: "never" });

  expect({ code, stderr, requests: world.center.count("/token") }).toEqual({
    code: 0,
    stderr: "",
    requests: 1,
  });
});
