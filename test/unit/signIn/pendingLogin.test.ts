import { spawn } from "node:child_process";
import { once } from "node:events";
import { uptime } from "node:os";
import { describe, expect, onTestFinished, test } from "vitest";
import { tokenFingerprint } from "../../../src/cache/tokenCache.ts";
import {
  awaitedToken,
  claim,
  isUnderWay,
  WORKER_CLAIM,
  writePendingLogin,
} from "../../../src/signIn/pendingLogin.ts";
import { START_URL, sessionSection, tokenFile, tokenPath } from "../../support/home.ts";
import { pendingLogin, ssoSession } from "../../support/sessions.ts";
import { canMount, moveToSmallDisk } from "../../support/smallDisk.ts";
import { temporaryHome } from "../../support/temporary.ts";

const SESSION = ssoSession();

async function startedLogin(secondsAgo: number) {
  const home = await temporaryHome();
  const system = { env: home.env, platform: process.platform };
  const login = pendingLogin({ startedUptime: uptime() - secondsAgo, state: "starting" });
  writePendingLogin(login, system);
  return { login, system };
}

function runningProcess() {
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

describe("a sign-in that its worker has not claimed yet", () => {
  test("is under way for 5 s if its caller died before it recorded a worker", async () => {
    const young = await startedLogin(3);
    expect(isUnderWay(young.login, young.system)).toBe(true);
    const old = await startedLogin(7);
    expect(isUnderWay(old.login, old.system)).toBe(false);
  });

  test("is under way for longer while its worker runs: a busy machine starts it late", async () => {
    const { login, system } = await startedLogin(20);
    claim(login, WORKER_CLAIM, system, runningProcess().pid ?? 0);
    expect(isUnderWay(login, system)).toBe(true);
    const tooOld = await startedLogin(70);
    claim(tooOld.login, WORKER_CLAIM, tooOld.system, runningProcess().pid ?? 0);
    expect(isUnderWay(tooOld.login, tooOld.system)).toBe(false);
  });

  test("is over at once if its worker has died", async () => {
    const { login, system } = await startedLogin(1);
    const worker = runningProcess();
    claim(login, WORKER_CLAIM, system, worker.pid ?? 0);
    worker.kill("SIGKILL");
    await once(worker, "exit");
    expect(isUnderWay(login, system)).toBe(false);
  });
});

test.runIf(canMount())(
  "on a full disk, too, a refreshed token is not that of the sign-in (needs the right to mount)",
  async () => {
    const home = await temporaryHome({ config: "" });
    const disk = await moveToSmallDisk(home, sessionSection("corp"));
    const system = { env: home.env, platform: process.platform, now: Date.now };
    const login = pendingLogin({ replaces: tokenFingerprint("old") });
    writePendingLogin(login, system);
    const refreshed = { accessToken: "new", expiresAt: Date.now() + 3600_000 };
    await home.write(
      tokenPath("corp"),
      tokenFile({ startUrl: START_URL, region: "eu-west-1", ...refreshed }),
    );
    expect(awaitedToken(SESSION, login, system)?.accessToken).toBe("new");
    disk.fill();
    claim(login, `refreshed-${tokenFingerprint("new")}`, system);
    expect(awaitedToken(SESSION, login, system)).toBeUndefined();
  },
);
