import { join } from "node:path";
import { expect, test } from "vitest";
import { type BinaryWorld, binaryWorld, MAIN_JOB, type PendingLogin } from "../support/binaryWorld.ts";
import { sessionSection, tokenPath } from "../support/home.ts";
import { canMount, moveToSmallDisk } from "../support/smallDisk.ts";

type Answer = (world: BinaryWorld, login: PendingLogin) => Promise<unknown>;

/** How the person allows the sign-in. */
const ANSWERS: Record<"device" | "browser", Answer> = {
  device: async ({ center }) => center.approveDevice(),
  browser: (_, { url = "" }) => fetch(url),
};

/** A sign-in that is open when the disk becomes full. */
async function openSignIn(login: keyof typeof ANSWERS) {
  const world = await binaryWorld({
    browser: "ignore",
    env: { SSO_CRED_LOGIN: login },
    center: { intervalSeconds: 1 },
  });
  const disk = await moveToSmallDisk(world.home, sessionSection("corp"));
  const running = world.run();
  const pending = await world.pending("open");
  disk.fill();
  return { world, pending, running };
}

test.skipIf(!canMount()).each(["device", "browser"] as const)(
  "a disk that fills up while a person thinks has room for the token (%s grant; needs a mount)",
  async (login) => {
    const { world, pending, running } = await openSignIn(login);
    await ANSWERS[login](world, pending);
    expect(await running).toMatchObject({ code: 0, stderr: "" });
    expect(await world.home.readJson(tokenPath("corp"))).toHaveProperty("refreshToken");
    await world.noWorker();
    expect(await world.run(MAIN_JOB, { SSO_CRED_LOGIN: "never" })).toMatchObject({ code: 0, stderr: "" });
    expect(world.browser.opened().length).toBe(1);
  },
);

test.skipIf(!canMount())(
  "a token too long for the room that is left: one sign-in, then exit 3 names the file (needs a mount)",
  async () => {
    const { world, running } = await openSignIn("device");
    const long = "x".repeat(30_000);
    const body = { accessToken: long, refreshToken: long, expiresIn: 3600 };
    world.center.misbehave({ path: "/token", how: { kind: "status", status: 200, body } });
    const { code, stdout, stderr } = await running;
    expect([code, stdout]).toEqual([3, ""]);
    const file = join(world.home.path, tokenPath("corp"));
    expect(stderr).toBe(`sso-cred: cannot write ${file} (ENOSPC), so nobody can sign in\n`);
    await world.noWorker();
    expect([await world.home.exists(tokenPath("corp")), world.browser.opened().length]).toEqual([false, 1]);
  },
);
