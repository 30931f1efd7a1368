import { once } from "node:events";
import { copyFileSync, renameSync, rmSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { withLock } from "../../src/cache/lock.ts";
import { roleLockPath } from "../../src/cache/stateFile.ts";
import { loadConfig } from "../../src/config/configFile.ts";
import { resolveSession } from "../../src/config/session.ts";
import { ACCOUNT, type Home, line, SESSION, type Stage } from "./stage.ts";
import { median, timed } from "./stopwatch.ts";

const WAITERS = 50;
const SECONDS = 10;

export interface Waiting {
  waiters: number;
  seconds: number;
  /** The CPU time of all waiters together, without their start and end. */
  cpuSeconds: { lock: number; login: number };
  /** The milliseconds between the write of the result and the end of a waiter. */
  noticedMs: { median: number; max: number };
  /** The time of `doctor` while both services accept connections and do not answer. */
  doctorSeconds: number;
}

/** Measures waits for another process (its lock, its sign-in) and for services. */
export async function waiting(stage: Stage): Promise<Waiting> {
  return {
    waiters: WAITERS,
    seconds: SECONDS,
    cpuSeconds: { lock: await lockWaiters(stage), login: await loginWaiters(stage) },
    noticedMs: await noticeDelay(stage),
    doctorSeconds: await doctorWithHangingServices(stage),
  };
}

/** The CPU seconds of waiting itself: those of a long wait less those of a short one. */
async function lockWaiters(stage: Stage): Promise<number> {
  const cpu = async (seconds: number) => {
    const home = stage.makeHome(10);
    const written = writeUnderLock(home, seconds * 1000);
    const argv = [stage.executable, ...line("ReadOnly")];
    const [[run] = []] = await timed([{ argv, env: home.env, parallel: WAITERS }], 1, 0);
    await written;
    return run?.cpuMs ?? Number.NaN;
  };
  return ((await cpu(2 + SECONDS)) - (await cpu(2))) / 1000;
}

async function loginWaiters(stage: Stage): Promise<number> {
  const cpu = async (seconds: number) => {
    const home = stage.makeHome(10);
    const env = {
      ...home.env,
      SSO_CRED_LOGIN: "browser",
      BROWSER: "/bin/true",
      SSO_CRED_WAIT: String(seconds),
    };
    // The wait runs out, which is an expected failure.
    const argv = ["/bin/sh", "-c", '"$@"; :', "sh", stage.executable, ...line("ReadOnly")];
    const command = { argv, env, parallel: WAITERS, remove: [home.token] };
    const [[run] = []] = await timed([command], 1, 0);
    if (run === undefined || run.ms < seconds * 1000) throw new Error("nobody waited for the sign-in");
    await timed([{ argv: [stage.executable, "logout", "my-sso"], env }], 1, 0);
    return run.cpuMs;
  };
  return ((await cpu(4 + SECONDS)) - (await cpu(4))) / 1000;
}

async function noticeDelay(stage: Stage): Promise<Waiting["noticedMs"]> {
  const delays: number[] = [];
  const home = stage.makeHome(10);
  for (let round = 0; round < 20; round++) {
    rmSync(home.missing, { force: true });
    const written = writeUnderLock(home, 500 + 7 * round);
    const argv = [stage.executable, ...line("ReadOnly")];
    const [[run] = []] = await timed([{ argv, env: home.env }], 1, 0);
    delays.push((run?.endedAt[0] ?? Number.NaN) - (await written));
  }
  return { median: median(delays), max: Math.max(...delays) };
}

async function doctorWithHangingServices(stage: Stage): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { env } = stage.makeHome(10);
  const command = {
    // Its findings are an expected failure.
    argv: ["/bin/sh", "-c", '"$@"; :', "sh", stage.executable, "doctor"],
    env: { ...env, AWS_ENDPOINT_URL_SSO: url, AWS_ENDPOINT_URL_SSO_OIDC: url },
  };
  const [[run] = []] = await timed([command], 1, 0);
  server.close();
  return (run?.ms ?? Number.NaN) / 1000;
}

/**
 * Takes the role's lock like another sso-cred, and writes the credentials after a while. Returns
 * the time of the write.
 */
async function writeUnderLock(home: Home, afterMs: number): Promise<number> {
  const system = {
    env: home.env,
    platform: process.platform,
    now: Date.now,
    sleep: async (ms: number) => void (await sleep(ms)),
    trace: { step: () => {} },
  };
  const session = resolveSession(loadConfig(system), SESSION, system);
  const lock = roleLockPath({ session, accountId: ACCOUNT, roleName: "ReadOnly" }, system);
  return await withLock(system, lock, { deadline: Number.POSITIVE_INFINITY, purpose: "nobody" }, async () => {
    await sleep(afterMs);
    copyFileSync(home.cached, `${home.missing}.new`);
    renameSync(`${home.missing}.new`, home.missing);
    return Date.now();
  });
}
