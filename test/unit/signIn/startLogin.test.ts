import fs, { writeFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { beforeEach, expect, it, onTestFinished } from "vitest";
import { type NewLogin, startLogin, updateLogin } from "../../../src/signIn/changeLogin.ts";
import { readPendingLogin, writePendingLogin } from "../../../src/signIn/pendingLogin.ts";
import { type FakeSystem, fakeSystem } from "../../support/fakeSystem.ts";
import { type Home, isoSeconds, START_URL, tokenPath } from "../../support/home.ts";
import { pendingLogin, ssoSession } from "../../support/sessions.ts";
import { temporaryHome } from "../../support/temporary.ts";

const session = ssoSession();
const others = pendingLogin({ id: "fedcba9876543210", startedUptime: 1e9 });
let home: Home;
let system: FakeSystem;
beforeEach(async () => {
  home = await temporaryHome();
  system = fakeSystem({ env: home.env });
  await home.write(".aws/sso/cache/.keep", "");
});

const start = (options: Partial<NewLogin> = {}) =>
  startLogin(session, { grant: "browser", browser: true, ...options }, system.now() + 5_000, system);

const signIn = (accessToken: string) =>
  writeFileSync(
    join(home.path, tokenPath(session.name ?? START_URL)),
    JSON.stringify({
      startUrl: session.startUrl,
      region: session.region,
      accessToken,
      expiresAt: isoSeconds(system.now() + 3_600_000),
    }),
  );

/** Stops this process in the middle of its next write, for so long that its lock becomes stale. */
function stoppedInNextWrite(meanwhile: () => void): void {
  const { ftruncateSync } = fs;
  const goOn = () => {
    fs.ftruncateSync = ftruncateSync;
    syncBuiltinESMExports();
  };
  onTestFinished(goOn);
  fs.ftruncateSync = (fd, length) => {
    goOn();
    ftruncateSync(fd, length);
    meanwhile();
  };
  syncBuiltinESMExports();
}

it("starts a sign-in, and a worker for it", async () => {
  const { id } = await start();
  expect(readPendingLogin(session, system)).toMatchObject({ id, state: "starting" });
  expect(system.detached).toHaveLength(1);
});

it("joins the sign-in that another has started while it was suspended, so there is one page", async () => {
  stoppedInNextWrite(() => writePendingLogin(others, system));
  expect((await start()).id).toBe(others.id);
  expect(readPendingLogin(session, system)).toMatchObject({ id: others.id, state: "open" });
  expect(system.detached).toEqual([]);
});

it("starts none if another has obtained the token while it was suspended", async () => {
  stoppedInNextWrite(() => signIn("new"));
  await start();
  expect(readPendingLogin(session, system)).toBeUndefined();
  expect(system.detached).toEqual([]);
});

it("starts one if the token is the one that the portal rejected", async () => {
  stoppedInNextWrite(() => signIn("refused"));
  await start({ replaces: "refused" });
  expect(readPendingLogin(session, system)).toMatchObject({ state: "starting" });
  expect(system.detached).toHaveLength(1);
});

it("replaces any other sign-in if a person has asked for it", async () => {
  stoppedInNextWrite(() => {
    writePendingLogin(others, system);
    signIn("new");
  });
  const { id } = await start({ anew: true });
  expect(readPendingLogin(session, system)).toMatchObject({ id, state: "starting" });
  expect(system.detached).toHaveLength(1);
});

it("does not change the sign-in that replaced it while its worker was suspended", async () => {
  const mine = pendingLogin({ state: "working" });
  writePendingLogin(mine, system);
  stoppedInNextWrite(() => writePendingLogin(others, system));
  expect(await updateLogin({ ...mine, state: "open" }, system)).toBe(false);
  expect(readPendingLogin(session, system)?.id).toBe(others.id);
});
