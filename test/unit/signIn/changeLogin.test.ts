import { beforeEach, expect, it } from "vitest";
import { withLock } from "../../../src/cache/lock.ts";
import { sessionLockPath } from "../../../src/cache/stateFile.ts";
import { cancelLogin, endLogin, updateLogin } from "../../../src/signIn/changeLogin.ts";
import {
  claim,
  readPendingLogin,
  removePendingLogin,
  writePendingLogin,
} from "../../../src/signIn/pendingLogin.ts";
import { type FakeSystem, fakeSystem } from "../../support/fakeSystem.ts";
import type { Home } from "../../support/home.ts";
import { pendingLogin, ssoSession } from "../../support/sessions.ts";
import { temporaryHome } from "../../support/temporary.ts";

const session = ssoSession();
const login = pendingLogin({ state: "starting" });
let home: Home;
let system: FakeSystem;
beforeEach(async () => {
  home = await temporaryHome();
  system = fakeSystem({ env: home.env });
  writePendingLogin(login, system);
});

const state = () => readPendingLogin(session, system)?.state;

it("writes the new state", async () => {
  expect(await updateLogin({ ...login, state: "working" }, system)).toBe(true);
  expect(state()).toBe("working");
});

it("leaves a sign-in alone that has been ended or replaced", async () => {
  expect(await updateLogin({ ...login, id: "fedcba9876543210", state: "open" }, system)).toBe(false);
  expect(state()).toBe("starting");
  await cancelLogin(session, system);
  expect(await updateLogin({ ...login, state: "open" }, system)).toBe(false);
  expect(state()).toBeUndefined();
});

it("does not undo a logout between reading and writing", async () => {
  const wait = { deadline: system.now() + 1000, purpose: "this test" };
  let update: Promise<boolean> | undefined;
  await withLock(system, sessionLockPath("login", session, system), wait, async () => {
    update = updateLogin({ ...login, state: "open" }, system);
    await system.sleep(500);
    expect(state()).toBe("starting");
    removePendingLogin(session, system);
  });
  expect(await update).toBe(false);
  expect(state()).toBeUndefined();
});

it("an ended sign-in does not remove the one that replaced it", async () => {
  const wait = { deadline: system.now() + 1000, purpose: "this test" };
  let end: Promise<void> | undefined;
  await withLock(system, sessionLockPath("login", session, system), wait, async () => {
    end = endLogin(login, system);
    await system.sleep(500);
    writePendingLogin({ ...login, id: "fedcba9876543210", state: "open" }, system);
  });
  await end;
  expect(state()).toBe("open");
  await endLogin({ ...login, id: "fedcba9876543210" }, system);
  expect(state()).toBeUndefined();
});

it("does not wait forever for the lock", async () => {
  const wait = { deadline: system.now() + 1000, purpose: "this test" };
  await withLock(system, sessionLockPath("login", session, system), wait, async () => {
    await cancelLogin(session, system);
    expect(state()).toBeUndefined();
  });
});

it("removes the claims of the sign-in", async () => {
  claim(login, "announced-1", system);
  claim(login, "waiter-1", system);
  await cancelLogin(session, system);
  expect((await home.files(".aws/sso-cred/logins")).map(({ path }) => path)).toEqual([]);
});
