import { beforeEach, expect, it } from "vitest";
import { SsoCredError } from "../../../src/errors.ts";
import {
  backoffFailure,
  backoffUntil,
  clearBackoff,
  type EndOfLogin,
  recordFailedLogin,
} from "../../../src/signIn/backoff.ts";
import { fakeClock } from "../../support/fakeClock.ts";
import { type FakeSystem, fakeSystem } from "../../support/fakeSystem.ts";
import { type Home, tokenPath } from "../../support/home.ts";
import { ssoSession } from "../../support/sessions.ts";
import { temporaryHome } from "../../support/temporary.ts";

const MINUTE = 60_000;
const session = ssoSession();
let home: Home;
beforeEach(async () => {
  home = await temporaryHome();
});

const FAILURE = new SsoCredError("login-failed", "the sign-in to 'corp' was denied", {
  remedy: { run: "sso-cred login corp" },
});
const record = (system: FakeSystem, end: EndOfLogin = "unanswered", which = session) =>
  recordFailedLogin(which, FAILURE, end, system);

/** File times come from the real clock. */
const systemAt = (at = Date.now()) => fakeSystem({ env: home.env, clock: fakeClock(at) });

function minutesLeft(system: ReturnType<typeof systemAt>): number | undefined {
  const until = backoffUntil(session, system);
  return until === undefined ? undefined : (until - system.now()) / MINUTE;
}

it("holds nothing back before a failed sign-in", () => {
  expect(backoffUntil(session, systemAt())).toBeUndefined();
});

it("lasts 15 minutes, and doubles up to four hours with every unanswered sign-in", () => {
  const system = systemAt();
  const lasted = Array.from({ length: 7 }, () => {
    record(system);
    const minutes = minutesLeft(system) ?? 0;
    system.clock.advance(minutes * MINUTE - 1);
    expect(minutesLeft(system)).toBeGreaterThan(0);
    system.clock.advance(1);
    expect(minutesLeft(system)).toBeUndefined();
    return minutes;
  });
  expect(lasted).toEqual([15, 30, 60, 120, 240, 240, 240]);
});

it("ends and forgets its count when cleared", () => {
  const system = systemAt();
  record(system);
  record(system);
  clearBackoff(session, system);
  expect(minutesLeft(system)).toBeUndefined();
  record(system);
  expect(minutesLeft(system)).toBe(15);
});

it("ends and forgets its count with a token that any tool has written since", async () => {
  const system = systemAt(Date.now() - 10 * MINUTE);
  record(system);
  record(system);
  await home.write(tokenPath("corp"), { written: "by another tool" });
  expect(minutesLeft(system)).toBeUndefined();
  system.clock.advance(20 * MINUTE);
  record(system);
  expect(minutesLeft(system)).toBe(15);
});

it("does not end with a token that was there before", async () => {
  await home.write(tokenPath("corp"), { written: "before" });
  const system = systemAt(Date.now() + MINUTE);
  record(system);
  expect(minutesLeft(system)).toBe(15);
});

it("is separate for each session", () => {
  const system = systemAt();
  record(system, "unanswered", ssoSession({ name: "other" }));
  expect(minutesLeft(system)).toBeUndefined();
});

it("does not count if the clock was set back before its start", () => {
  const system = systemAt();
  record(system);
  expect(minutesLeft(systemAt(system.now() - MINUTE))).toBeUndefined();
});

it("causes no failure where nothing can be written", async () => {
  await home.write(".aws/sso-cred", "a file where the folder should be");
  record(systemAt());
  expect(minutesLeft(systemAt())).toBeUndefined();
});

/**
 * The state machine of a session's failed sign-ins, step by step: the error of the next call, and
 * whether a tab may open.
 */
it("repeats a failure for ten seconds, then backs off, then lets the next tab open", () => {
  for (const end of ["failed", "refused"] as const) {
    const system = systemAt();
    const told = () => backoffFailure(session, { browser: true }, system);
    expect(told()).toBeUndefined();
    record(system, end);
    expect(told()).toMatchObject({ kind: "login-failed", message: FAILURE.message, remedy: FAILURE.remedy });
    system.clock.advance(10_000);
    expect(told()).toMatchObject({
      kind: "login-required",
      message: expect.stringMatching(
        /^the sign-in to 'corp' was denied, so no browser is opened .* until \d\d:\d\d$/,
      ),
    });
    expect(backoffFailure(session, { browser: false }, system)).toBeUndefined();
    system.clock.advance(15 * MINUTE - 10_000);
    expect(told()).toBeUndefined();
    record(system, end);
    expect(minutesLeft(system)).toBe(30);
    clearBackoff(session, system);
    expect(told()).toBeUndefined();
  }
});

it("says at once that nobody answered", () => {
  const system = systemAt();
  record(system, "unanswered");
  expect(backoffFailure(session, { browser: true }, system)).toMatchObject({
    kind: "login-required",
    message: expect.stringMatching(/^nobody answered the last sign-in to 'corp', so no browser is opened/),
  });
});

it("counts a rejection once, although several callers see it", () => {
  const system = systemAt();
  for (let caller = 0; caller < 5; caller++) record(system, "refused");
  expect(minutesLeft(system)).toBe(15);
});

it("does not end with another new token if the portal rejects every token", async () => {
  const system = systemAt(Date.now() - 10 * MINUTE);
  record(system, "refused");
  await home.write(tokenPath("corp"), { written: "by another tool" });
  expect(minutesLeft(system)).toBe(15);
});

it("holds nothing back once the start URL, the region or the scopes have been corrected", () => {
  const system = systemAt();
  record(system, "refused");
  const corrected = [
    { region: "us-east-1" },
    { startUrl: "https://other.awsapps.com/start" },
    { scopes: ["sso:account:access", "codewhisperer:completions"] },
  ];
  for (const difference of corrected) {
    expect(backoffFailure(ssoSession(difference), { browser: true }, system)).toBeUndefined();
  }
  expect(backoffFailure(session, { browser: true }, system)).toBeDefined();
});
