import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { workersOf } from "../support/processes.ts";
import { until } from "../support/until.ts";
import { PROMPT_MS } from "./cases.ts";
import {
  allCallers,
  busyUntil,
  CALLERS,
  callerOf,
  expectSpent,
  lockPath,
  onLockStage,
  type Spent,
} from "./lockCallers.ts";
import { duration, type Expect, type Figures, type Report } from "./report.ts";
import type { Stage } from "./stage.ts";
import {
  expectTakenOver,
  LIVE_HOLDER_MS,
  LONG_WAIT,
  type StandingHolder,
  stopHolder,
} from "./standingHolder.ts";

/**
 * The time after the creation of a sign-in's lock: before, during and after the write of its file,
 * and before the start of the worker.
 */
const STOPPED_AFTER_MS = [0, 0.3, 0.6];
/** Attempts to stop a process in those few milliseconds. */
const MOST_TRIES = 12;
/** Much longer than a worker needs to open its page. */
const PAGE_MS = 2_000;

type Wakes = "after the sign-in" | "while it is open";

/**
 * A process is stopped while it starts a sign-in, and others take its lock over. When it continues,
 * it must neither open a second page nor end the first sign-in.
 */
export function stoppedStarts(report: Report): Promise<void>[] {
  return [
    report.row(`stopped for 70 s while it starts a sign-in, ${CALLERS} wait`, (expect) =>
      rounds("after the sign-in", expect),
    ),
    report.row(`stopped while it starts a sign-in, until another's is open, ${CALLERS} wait`, (expect) =>
      rounds("while it is open", expect),
    ),
  ];
}

async function rounds(wakes: Wakes, expect: Expect): Promise<Figures> {
  const seen = await Promise.all(STOPPED_AFTER_MS.map((afterMs) => round(wakes, afterMs, expect)));
  const sum = (name: keyof Spent) => seen.reduce((total, { spent }) => total + spent[name], 0);
  return {
    rounds: seen.length,
    exit: 0,
    time: duration(Math.max(...seen.map(({ slowest }) => slowest))),
    logins: sum("logins"),
    tabs: sum("tabs"),
  };
}

async function round(wakes: Wakes, afterMs: number, expect: Expect) {
  const browser = wakes === "while it is open" ? "ignore" : "visit";
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const seen = await onLockStage(
      async (stage) => {
        const holder = await stoppedWithLoginLock(stage, afterMs);
        return holder && (await pushAside(stage, holder, wakes, expect));
      },
      { browser },
    );
    if (seen) return seen;
  }
  throw new Error(`no process was stopped while it started a sign-in, in ${MOST_TRIES} tries`);
}

/** Polls without a pause. Undefined if the lock was released before. */
async function stoppedWithLoginLock(stage: Stage, afterMs: number): Promise<StandingHolder | undefined> {
  const lock = lockPath(stage, "login");
  const holder = callerOf(stage, 0, { deadlineMs: LONG_WAIT.deadlineMs });
  busyUntil(performance.now() + PROMPT_MS, () => existsSync(lock));
  busyUntil(performance.now() + afterMs);
  const standing = stopHolder(stage, holder);
  await sleep(PAGE_MS);
  return existsSync(lock) && workersOf(stage.home).length === 0 ? standing : undefined;
}

async function pushAside(stage: Stage, holder: StandingHolder, wakes: Wakes, expect: Expect) {
  const { browser } = stage;
  const others = allCallers(stage, LONG_WAIT);
  await until("the others' page", () => browser.opened().length > 0, 2 * LIVE_HOLDER_MS);
  if (wakes === "after the sign-in") await others;
  // Time for the next change after the page: the state file.
  await sleep(PAGE_MS);
  await holder.wake();
  await sleep(PAGE_MS);
  expect(browser.opened().length === 1, `${browser.opened().length} tabs`);
  if (wakes === "while it is open") await fetch(browser.opened()[0] ?? "");
  const slowest = expectTakenOver(stage, await others, expect);
  const spent = await expectSpent(stage, { refreshes: 0, granted: 0, logins: 1, tabs: 1 }, expect);
  return { slowest, spent };
}
