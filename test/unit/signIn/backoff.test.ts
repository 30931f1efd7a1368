import { afterEach, beforeEach, expect, it } from "vitest";
import { backoffUntil, clearBackoff, recordUnanswered } from "../../../src/signIn/backoff.ts";
import { fakeClock } from "../../support/fakeClock.ts";
import { fakeSystem } from "../../support/fakeSystem.ts";
import { type Home, makeHome, tokenPath } from "../../support/home.ts";
import { ssoSession } from "../../support/sessions.ts";

const MINUTE = 60_000;
const session = ssoSession();
let home: Home;
beforeEach(async () => {
  home = await makeHome();
});
afterEach(() => home.remove());

/** File times are the real clock's. */
const systemAt = (at = Date.now()) => fakeSystem({ env: home.env, clock: fakeClock(at) });

function minutesLeft(system: ReturnType<typeof systemAt>): number | undefined {
  const until = backoffUntil(session, system);
  return until === undefined ? undefined : (until - system.now()) / MINUTE;
}

it("is not silent by itself", () => {
  expect(backoffUntil(session, systemAt())).toBeUndefined();
});

it("lasts 15 minutes, and doubles up to four hours with every unanswered sign-in", () => {
  const system = systemAt();
  const lasted = Array.from({ length: 7 }, () => {
    recordUnanswered(session, system);
    const minutes = minutesLeft(system) ?? 0;
    system.clock.advance(minutes * MINUTE - 1);
    expect(minutesLeft(system)).toBeGreaterThan(0);
    system.clock.advance(1);
    expect(minutesLeft(system)).toBeUndefined();
    return minutes;
  });
  expect(lasted).toEqual([15, 30, 60, 120, 240, 240, 240]);
});

it("ends, count and all, when asked", () => {
  const system = systemAt();
  recordUnanswered(session, system);
  recordUnanswered(session, system);
  clearBackoff(session, system);
  expect(minutesLeft(system)).toBeUndefined();
  recordUnanswered(session, system);
  expect(minutesLeft(system)).toBe(15);
});

it("ends, count and all, with a token that any tool has written since", async () => {
  const system = systemAt(Date.now() - 10 * MINUTE);
  recordUnanswered(session, system);
  recordUnanswered(session, system);
  await home.write(tokenPath("corp"), { written: "by another tool" });
  expect(minutesLeft(system)).toBeUndefined();
  system.clock.advance(20 * MINUTE);
  recordUnanswered(session, system);
  expect(minutesLeft(system)).toBe(15);
});

it("does not end with a token that was there before", async () => {
  await home.write(tokenPath("corp"), { written: "before" });
  const system = systemAt(Date.now() + MINUTE);
  recordUnanswered(session, system);
  expect(minutesLeft(system)).toBe(15);
});

it("is each session's own", () => {
  const system = systemAt();
  recordUnanswered(ssoSession({ name: "other" }), system);
  expect(minutesLeft(system)).toBeUndefined();
});

it("does not hold when the clock was set back before it", () => {
  const system = systemAt();
  recordUnanswered(session, system);
  expect(minutesLeft(systemAt(system.now() - MINUTE))).toBeUndefined();
});

it("costs nothing where nothing can be written", async () => {
  await home.write(".aws/sso-cred", "a file where the folder should be");
  recordUnanswered(session, systemAt());
  expect(minutesLeft(systemAt())).toBeUndefined();
});
