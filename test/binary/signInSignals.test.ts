import { expect, test } from "vitest";
import { type BinaryWorld, binaryWorld, MAIN_JOB } from "../support/binaryWorld.ts";
import { workersOf } from "../support/processes.ts";
import { startBinary } from "../support/run.ts";

const SLOW = { path: "/token", times: 1, how: { kind: "latency", ms: 1_500 } } as const;

/** Starts a call. Resolves once the person has responded and the code is being redeemed. */
const REDEEMING = {
  browser: async ({ center, options }: BinaryWorld) => {
    center.misbehave(SLOW);
    const call = startBinary(MAIN_JOB, options);
    await expect.poll(() => center.count("/token")).toBe(1);
    return call;
  },
  device: async ({ center, options, pending }: BinaryWorld) => {
    center.settings.consent = "page";
    const env = { ...options.env, SSO_CRED_LOGIN: "device" };
    const call = startBinary(MAIN_JOB, { ...options, env });
    await pending("open");
    center.approveDevice();
    const polls = center.count("/token");
    center.misbehave(SLOW);
    await expect.poll(() => center.count("/token")).toBe(polls + 1);
    return call;
  },
};

// SIGINT is the person's own: it ends a sign-in that only this call waits for.
test.each([
  ["SIGTERM", "browser"],
  ["SIGTERM", "device"],
  ["SIGHUP", "browser"],
  ["SIGHUP", "device"],
] as const)(
  "%s to all processes while the code is redeemed loses no sign-in (%s grant)",
  async (signal, grant) => {
    const world = await binaryWorld();
    const call = await REDEEMING[grant](world);
    const workers = workersOf(world.home);
    expect(workers).toHaveLength(1);

    for (const pid of [call.pid, ...workers]) process.kill(pid, signal);
    await call.done;
    await world.noWorker();

    expect(await world.run(MAIN_JOB, { SSO_CRED_LOGIN: "never" })).toMatchObject({ code: 0, stderr: "" });
  },
);
