import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { putToken, readTokenFile } from "../support/signedIn.ts";
import { loginPath, MAIN_JOB, signInWorld } from "../support/signInWorld.ts";

const UNANSWERED = { browser: "ignore", env: { SSO_CRED_WAIT: "5" } } as const;
const DEVICE_LATER = { browser: "ignore", env: { SSO_CRED_LOGIN: "device", SSO_CRED_WAIT: "5" } } as const;

describe("a sign-in that is open", () => {
  it("is named at the end of the wait, and joined by the next call without a second tab", async () => {
    const { call, opened, center, traces } = await signInWorld(DEVICE_LATER);
    const first = await call();
    expect([first.code, first.stdout]).toEqual([4, ""]);
    expect(first.stderr).toMatch(
      /^sso-cred: the sign-in to 'corp' is open and waits for you; the next call continues with it, code [A-Z]{4}-[A-Z]{4}\n {2}open: http:\/\/127\.0\.0\.1:\d+\/device\n$/,
    );
    center.approveDevice();
    expect(await call()).toMatchObject({ code: 0, stderr: "" });
    expect([opened().length, center.count("/device_authorization")]).toEqual([1, 1]);
    expect(await traces()).toEqual([]);
  });

  it("names the browser's address for the browser grant", async () => {
    const { call, pending } = await signInWorld(UNANSWERED);
    const { stderr } = await call();
    expect(stderr).toBe(
      `sso-cred: the sign-in to 'corp' is open and waits for you; the next call continues with it\n  open: ${(await pending())?.url}\n`,
    );
  });

  it("ends with the token of another tool's sign-in", async () => {
    const world = await signInWorld(UNANSWERED);
    const { call, center, clock, settled, traces } = world;
    await call();
    const waiting = call();
    await clock.sleep(500);
    const elsewhere = await putToken(world);
    expect((await waiting).code).toBe(0);
    await settled();
    expect(await traces()).toEqual([]);
    expect(center.count("/token")).toBe(0);
    expect(await readTokenFile(world)).toMatchObject({ accessToken: elsewhere.accessToken });
  });

  it("ends after ten minutes, and the next calls open no tab: for 15 minutes, then for 30", async () => {
    const { call, clock, settled, opened, pending } = await signInWorld(UNANSWERED);
    await call();
    const began = clock.now();
    await settled();
    expect(clock.now() - began).toBeLessThanOrEqual(600_000);
    expect(await pending()).toMatchObject({ state: "failed" });
    const minutesOfBackoff = async () => {
      const from = clock.now();
      for (;;) {
        if (!(await call()).stderr.includes("no browser is opened")) return (clock.now() - from) / 60_000;
        clock.advance(30_000);
      }
    };
    expect(Math.floor(await minutesOfBackoff())).toBe(15);
    expect(opened()).toHaveLength(2);
    await settled();
    expect(Math.floor(await minutesOfBackoff())).toBe(30);
    await settled();
  }, 60_000);

  it("ends the wait of a caller whose wait budget is longer than ten minutes", async () => {
    const { call } = await signInWorld({ browser: "ignore", env: { SSO_CRED_WAIT: "900" } });
    const { code, stderr } = await call();
    expect([code, stderr]).toEqual([
      5,
      "sso-cred: nobody answered the sign-in to 'corp' in time\n  run: sso-cred login corp\n",
    ]);
  }, 60_000);

  it("after the back-off, counts as answered if another tool has signed in", async () => {
    const world = await signInWorld(UNANSWERED);
    await world.call();
    await world.settled();
    await putToken(world);
    expect((await world.call()).code).toBe(0);
  }, 60_000);
});

describe("a pending login without a worker", () => {
  it("whose worker never started is started again, and does not count as unanswered", async () => {
    const { call, home, killWorkers, workers, opened } = await signInWorld({ env: { SSO_CRED_WAIT: "1" } });
    killWorkers(true);
    const first = await call();
    expect([first.code, first.stderr]).toEqual([
      4,
      "sso-cred: the sign-in to 'corp' is being prepared; call again\n",
    ]);
    killWorkers(false);
    const login = await home.readJson(loginPath());
    await home.write(loginPath(), { ...login, startedUptime: Number(login.startedUptime) - 6 });
    const second = await call();
    expect([second.code, second.stderr]).toEqual([0, ""]);
    expect([workers.length, opened().length]).toEqual([2, 1]);
  });

  it.each([
    ["another boot", { boot: "11111111-2222-3333-4444-555555555555" }],
    ["another host", { host: "elsewhere", boot: "11111111-2222-3333-4444-555555555555" }],
    ["another container", { pidNamespace: "pid:[1]" }],
    ["another format", { format: 2 }],
    ["a worker that has ended", { pid: 2 ** 22 - 1 }],
    ["a PID that was given to somebody else", { started: "1" }],
    ["an earlier hour than any sign-in lasts", { startedUptime: -700 }],
  ])("of %s is not joined", async (_, difference) => {
    const { call, home, opened, pending } = await signInWorld({ ...UNANSWERED });
    await call();
    const stale = { ...(await pending()), ...difference };
    await home.write(loginPath(), stale);
    const { code, stderr } = await call();
    expect([code, opened().length]).toEqual([4, 2]);
    expect(stderr).not.toContain(String((stale as { url?: string }).url));
  });

  it.each(["", "{", "[]", '{"format":1}', "x".repeat(2 ** 21)])(
    "whose file is damaged (%#) is not joined",
    async (text) => {
      const { call, home } = await signInWorld();
      await home.write(loginPath(), text);
      expect((await call()).code).toBe(0);
    },
  );

  it("whose worker never starts ends the call, with the reason", async () => {
    const { call, home, killWorkers, workers } = await signInWorld();
    killWorkers(true);
    const { code, stderr } = await call(MAIN_JOB, {
      onSleep() {
        // Simulates that five seconds have passed on the machine's clock.
        const path = join(home.path, loginPath());
        const login = JSON.parse(readFileSync(path, "utf8"));
        writeFileSync(path, JSON.stringify({ ...login, startedUptime: login.startedUptime - 6 }));
      },
    });
    expect([code, stderr]).toEqual([
      7,
      "sso-cred: the sign-in to 'corp' does not start: the system ends its process\n  run: sso-cred login corp\n",
    ]);
    expect(workers).toHaveLength(3);
  });
});
