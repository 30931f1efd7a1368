import { expect, test } from "vitest";
import { type BinaryWorld, MAIN_JOB, signedInWorld } from "../support/binaryWorld.ts";
import { EXECUTABLE } from "../support/builtExecutable.ts";
import { isoSeconds, roleFile, rolePath } from "../support/home.ts";
import { workersOf } from "../support/processes.ts";
import { start } from "../support/run.ts";

const EXPIRED = { expiresAt: "2020-01-01T00:00:00Z" };

/** A call whose refresh has been sent, and is answered after 1.5 s. */
async function refreshing(prepare: (world: BinaryWorld) => Promise<unknown> = async () => {}) {
  const world = await signedInWorld({}, EXPIRED);
  await prepare(world);
  world.center.misbehave({ path: "/token", times: 1, how: { kind: "latency", ms: 1_500 } });
  const call = start(EXECUTABLE, MAIN_JOB, world.options);
  await expect.poll(() => world.center.count("/token")).toBe(1);
  return { world, call };
}

async function expectNoPersonNeeded({ run, center }: BinaryWorld): Promise<void> {
  expect(await run(MAIN_JOB, { SSO_CRED_LOGIN: "never" })).toMatchObject({ code: 0, stderr: "" });
  expect(center.count("/token")).toBe(1);
}

test.each(["SIGINT", "SIGTERM", "SIGHUP", "SIGKILL"] as const)(
  "%s while /token is slow ends the call, but the new refresh token is stored: the next call needs no person",
  async (signal) => {
    const { world, call } = await refreshing();

    call.kill(signal);
    const { code, stdout } = await call.done;

    expect({ ended: code !== 0, stdout }).toEqual({ ended: true, stdout: "" });
    await expectNoPersonNeeded(world);
  },
);

const refreshWorkers = ({ home }: BinaryWorld) => workersOf(home, "--refresh-worker");

test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
  "%s to all processes, as when a service is stopped, loses no new refresh token",
  async (signal) => {
    const { world, call } = await refreshing();
    const workers = refreshWorkers(world);
    expect(workers).toHaveLength(1);

    for (const pid of [call.pid, ...workers]) process.kill(pid, signal);
    await call.done;

    await expectNoPersonNeeded(world);
  },
);

test.each([
  ["SIGINT", 130, null],
  ["SIGTERM", null, "SIGTERM"],
  ["SIGHUP", null, "SIGHUP"],
] as const)(
  "%s during a refresh without a process of its own, where there can be no lock, takes effect after it",
  async (sent, code, signal) => {
    const { world, call } = await refreshing(({ home }) =>
      home.write(".aws/sso-cred", "in the place of our folder"),
    );

    call.kill(sent);

    expect(await call.done).toMatchObject({ code, signal, stdout: "" });
    await expectNoPersonNeeded(world);
  },
);

test("a response to a refresh that takes longer than 15 s is awaited and stored", async () => {
  const world = await signedInWorld({}, EXPIRED);
  world.center.misbehave({ path: "/token", times: 1, how: { kind: "latency", ms: 16_000 } });

  const { code, stderr } = await world.run(MAIN_JOB, { SSO_CRED_LOGIN: "never" });

  expect({ code, stderr, requests: world.center.count("/token") }).toEqual({
    code: 0,
    stderr: "",
    requests: 1,
  });
});

test.each([
  ["credentials", -600, 600],
  ["a token", 300, 0],
])(
  "a caller with %s for some time does not wait for the end of a refresh without a response, nor does the next one",
  async (_, tokenSeconds, roleSeconds) => {
    const world = await signedInWorld({}, { expiresAt: isoSeconds(Date.now() + tokenSeconds * 1000) });
    const [, , account = "", , role = ""] = MAIN_JOB;
    if (roleSeconds > 0)
      await world.home.write(
        rolePath("corp", account, role),
        roleFile(Date.now() + roleSeconds * 1000, account),
      );
    world.center.misbehave({ path: "/token", how: { kind: "blackHole" } });

    const calls = [await world.run(MAIN_JOB, { SSO_CRED_LOGIN: "never" })];
    expect(world.center.count("/token")).toBe(1);
    calls.push(await world.run(MAIN_JOB, { SSO_CRED_LOGIN: "never" }));

    for (const { code, stderr } of calls) expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(world.center.count("/token")).toBe(1);
    expect(refreshWorkers(world)).toHaveLength(1);
  },
);
