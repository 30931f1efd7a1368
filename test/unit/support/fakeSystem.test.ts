import { afterEach, beforeEach, expect, it } from "vitest";
import { type IdentityCenter, startIdentityCenter } from "../../identityCenter/identityCenter.ts";
import { type FakeClock, fakeClock } from "../../support/fakeClock.ts";
import { fakeSystem } from "../../support/fakeSystem.ts";

let clock: FakeClock;
let center: IdentityCenter;
beforeEach(async () => {
  clock = fakeClock(0);
  center = await startIdentityCenter({ now: clock.now });
});
afterEach(() => center.stop());

it("wakes sleepers in order, each with the clock at its own time", async () => {
  const woken: [string, number][] = [];
  const worker = async (name: string, ...sleeps: number[]) => {
    for (const ms of sleeps) {
      await clock.sleep(ms);
      woken.push([name, clock.now()]);
    }
  };
  await Promise.all([worker("a", 100, 100, 100), worker("b", 250), worker("c", 50, 200)]);
  expect(woken).toEqual([
    ["c", 50],
    ["a", 100],
    ["a", 200],
    ["b", 250],
    ["c", 250],
    ["a", 300],
  ]);
});

it("lets no time pass while a response is on its way", async () => {
  center.misbehave({ path: "/logout", how: { kind: "latency", ms: 50 } });
  let answeredAt: number | undefined;
  const answer = fetch(`${center.url}/logout`, { method: "POST" }).then(async (response) => {
    await response.text();
    answeredAt = clock.now();
  });
  await clock.sleep(1000);
  expect(answeredAt).toBe(0);
  await answer;
});

it("does not wait for a response that never comes", async () => {
  center.misbehave({ path: "/logout", how: { kind: "blackHole" } });
  const stop = new AbortController();
  const asked = fetch(`${center.url}/logout`, { method: "POST", signal: stop.signal }).catch(String);
  // In real time, a hundred of the longest waits would take longer than the test may.
  for (let i = 0; i < 100; i++) await clock.sleep(1000);
  stop.abort();
  expect(await asked).toContain("abort");
});

it("stops while it is held", async () => {
  clock.hold();
  let woken = false;
  const sleeping = clock.sleep(10).then(() => {
    woken = true;
  });
  await fetch(`${center.url}/logout`, { method: "POST" });
  expect([woken, clock.now()]).toEqual([false, 0]);
  clock.release();
  await sleeping;
  expect(clock.now()).toBe(10);
});

it("has a browser that visits, and one that must not be opened", async () => {
  const visiting = fakeSystem({ clock, browser: "visit" });
  expect(await visiting.openBrowser(`${center.url}/device`)).toBe(true);
  expect((await visiting.visits())[0]).toContain("Enter the code");
  await expect(fakeSystem({ clock }).openBrowser("http://127.0.0.1/")).rejects.toThrow("allows no browser");
});
