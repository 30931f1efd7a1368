import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { workersOf } from "../support/processes.ts";
import { until } from "../support/until.ts";
import { PROMPT_MS } from "./cases.ts";
import { lockFiles } from "./leftovers.ts";
import {
  allCallers,
  busyUntil,
  CALLERS,
  callerOf,
  type Dates,
  each,
  expectAllServed,
  expectSpent,
  lockPath,
  onLockStage,
  type Round,
  redate,
  spentOf,
} from "./lockCallers.ts";
import { kill } from "./processes.ts";
import type { Random } from "./random.ts";
import type { Expect, Figures } from "./report.ts";
import type { SuiteContext } from "./suite.ts";

/** After this time, a sign-in whose starter died before it started a worker is started again. */
const CLAIM_MS = 5_000;
/** The time from the lock's creation to its holder's kill. Some have started a worker by then. */
const LONGEST_HOLD_MS = 6;
/** Attempts to kill a process in the few milliseconds in which it holds a lock. */
const MOST_TRIES = 12;
/** The time until all callers wait for the holder. */
const GATHER_MS = 600;

/** The cost of a killed lock holder, in requests and sign-ins. */
export async function deadHolders({ report, random, short }: SuiteContext): Promise<void> {
  const row = (name: string, rounds: number, round: (expect: Expect) => Promise<Round>) =>
    report.row(`${CALLERS} callers, ${name}`, (expect): Promise<Figures> => each(rounds, expect, round));
  const rounds = short ? 1 : 10;
  await row("a killed holder's lock, the token has expired", rounds, killedInRefresh("as they are", "after"));
  await row("their holder is killed, the token has expired", rounds, killedInRefresh("as they are", "while"));
  await row(
    "a killed holder's lock dated an hour ahead, the token has expired",
    rounds,
    killedInRefresh("an hour ahead", "after"),
  );
  await row(
    "a killed holder's lock, nobody signed in",
    short ? 2 : rounds,
    killedInLogin("as they are", random),
  );
  await row(
    "a killed holder's lock dated an hour ahead, nobody signed in",
    rounds,
    killedInLogin("an hour ahead", random),
  );
}

/**
 * The holder and the process that refreshes for it are killed between the request to /token and the
 * response. The others come later, or already wait for it.
 */
function killedInRefresh(dates: Dates, others: "after" | "while") {
  return (expect: Expect): Promise<Round> =>
    onLockStage(async (stage) => {
      await stage.signIn(-3600);
      stage.center.misbehave({ path: "/token", times: 1, how: { kind: "blackHole" } });
      const holder = callerOf(stage, 0);
      await until("the holder's refresh", () => spentOf(stage).refreshes === 1);
      const early = others === "while" ? allCallers(stage) : undefined;
      if (early) await sleep(GATHER_MS);
      for (const pid of [holder.pid, ...workersOf(stage.home, "--refresh-worker")]) kill(pid);
      await holder.done;
      if (!early) {
        expect(existsSync(lockPath(stage, "token")), "the killed holder had left no lock");
        redate(lockPath(stage, "token"), dates);
      }
      const results = await (early ?? allCallers(stage));
      const slowestMs = expectAllServed(stage, results, PROMPT_MS + (early ? GATHER_MS : 0), expect);
      expect(lockFiles(stage.home.path).length === 0, `locks are left: ${lockFiles(stage.home.path)}`);
      const spent = await expectSpent(stage, { refreshes: 2, granted: 1, logins: 0, tabs: 0 }, expect);
      return { spent, slowestMs };
    });
}

/** The holder is killed while it starts a sign-in, before or after the worker has begun. */
function killedInLogin(dates: Dates, random: Random) {
  return async (expect: Expect): Promise<Round> => {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const round = await onLockStage(async (stage) => {
        const lock = lockPath(stage, "login");
        const holder = callerOf(stage, 0);
        busyUntil(performance.now() + PROMPT_MS, () => existsSync(lock));
        busyUntil(performance.now() + random.between(0, LONGEST_HOLD_MS));
        kill(holder.pid);
        await holder.done;
        if (!existsSync(lock)) return undefined;
        redate(lock, dates);
        const handedOver = workersOf(stage.home).length > 0;
        const slowestMs = expectAllServed(stage, await allCallers(stage), CLAIM_MS + PROMPT_MS, expect);
        await until("the worker's end", () => workersOf(stage.home).length === 0);
        expect(lockFiles(stage.home.path).length === 0, `locks are left: ${lockFiles(stage.home.path)}`);
        const spent = await expectSpent(stage, { refreshes: 0, granted: 0, logins: 1, tabs: 1 }, expect);
        return { spent, slowestMs, handedOver };
      });
      if (round) return round;
    }
    throw new Error(`no process was killed while it held the lock, in ${MOST_TRIES} tries`);
  };
}
