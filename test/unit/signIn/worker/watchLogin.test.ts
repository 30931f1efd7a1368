import { uptime } from "node:os";
import { beforeEach, expect, it } from "vitest";
import { tokenFingerprint } from "../../../../src/cache/tokenCache.ts";
import {
  claim,
  type PendingLogin,
  removePendingLogin,
  writePendingLogin,
} from "../../../../src/signIn/pendingLogin.ts";
import { isUnanswered, watchLogin } from "../../../../src/signIn/worker/watchLogin.ts";
import { type FakeSystem, fakeSystem } from "../../../support/fakeSystem.ts";
import { type Home, START_URL, tokenFile, tokenPath } from "../../../support/home.ts";
import { pendingLogin, ssoSession } from "../../../support/sessions.ts";
import { temporaryHome } from "../../../support/temporary.ts";

const session = ssoSession();
let home: Home;
let system: FakeSystem;
beforeEach(async () => {
  home = await temporaryHome();
  system = fakeSystem({ env: home.env });
});

/** Watches a sign-in for four seconds. Returns the reason why the wait ended, if it did. */
async function watched(
  differences: Partial<PendingLogin> = {},
  meanwhile: (login: PendingLogin, expectToken: (accessToken: string) => void) => unknown = () => {},
): Promise<unknown> {
  const login = pendingLogin(differences);
  writePendingLogin(login, system);
  const watch = watchLogin(login, system);
  await meanwhile(login, watch.expect);
  const reason = await Promise.race([watch.ended.catch((error) => error), system.sleep(4_000)]);
  watch.stop();
  return reason;
}

const putToken = (accessToken: string, secondsLeft = 3600) =>
  home.write(
    tokenPath("corp"),
    tokenFile({
      startUrl: START_URL,
      region: "eu-west-1",
      accessToken,
      expiresAt: system.now() + secondsLeft * 1000,
    }),
  );
const CANCELLED = { kind: "cancelled" };

it("continues while nothing happens", async () => {
  expect(await watched()).toBeUndefined();
});

it("ends when the sign-in's file is gone", async () => {
  expect(await watched({}, () => removePendingLogin(session, system))).toMatchObject(CANCELLED);
});

it("ends with any token that works, where there was none to replace", async () => {
  expect(await watched({}, () => putToken("another tool's"))).toMatchObject(CANCELLED);
});

it("continues after a token that does not work", async () => {
  expect(await watched({}, () => putToken("expired", -1))).toBeUndefined();
});

it("ends with another token than the one it replaces, and not with that one", async () => {
  const replaces = tokenFingerprint("old");
  expect(await watched({ replaces }, () => putToken("old"))).toBeUndefined();
  expect(await watched({ replaces }, () => putToken("new"))).toMatchObject(CANCELLED);
});

it("continues if the token that it replaces was refreshed", async () => {
  const refreshed = async (login: PendingLogin) => {
    claim(login, `refreshed-${tokenFingerprint("refreshed")}`, system);
    await putToken("refreshed");
  };
  expect(await watched({ replaces: tokenFingerprint("old") }, refreshed)).toBeUndefined();
});

it("does not end with its own token before the person has been told", async () => {
  const keep = (_: PendingLogin, expectToken: (accessToken: string) => void) => {
    expectToken("own");
    return putToken("own");
  };
  expect(await watched({}, keep)).toBeUndefined();
});

it("ends after ten minutes of uptime, even if the clock was set back", async () => {
  expect(isUnanswered(await watched({ startedUptime: uptime() - 601 }))).toBe(true);
});
