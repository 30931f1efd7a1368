import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { RunResult } from "../support/run.ts";
import { until } from "../support/until.ts";
import { PROMPT_MS } from "./cases.ts";
import {
  allCallers,
  CALLERS,
  callerOf,
  each,
  expectAllServed,
  expectSpent,
  lockPath,
  onLockStage,
  type Round,
  redate,
  spentOf,
} from "./lockCallers.ts";
import { faketime, movableClock } from "./movableClock.ts";
import { waitForProcesses } from "./processes.ts";
import { duration, type Expect } from "./report.ts";
import type { Stage } from "./stage.ts";
import type { SuiteContext } from "./suite.ts";

/**
 * The delay of the response to a refresh, during which the lock is damaged. Shorter than the time
 * in which others look for a spent token's successor.
 */
const ANSWER_MS = 1_800;
/** The time until all callers wait for that response. */
const GATHER_MS = 600;
/** Nothing expires even with a clock that is an hour ahead. */
const LONG_LIFE_SECONDS = 4 * 3600;

/** Damages to a lock, or to the clock, while its holder works and others wait. */
export async function hurtLocks({ report, short }: SuiteContext): Promise<void> {
  const injuries = Object.entries(INJURIES).filter(([, { inShort }]) => inShort || !short);
  const rows = injuries.map(
    ([name, injury]) =>
      () =>
        report.row(`${CALLERS} callers, the lock ${name} while it is held`, (expect) =>
          each(short ? 1 : 3, expect, injured(injury)),
        ),
  );
  const library = faketime();
  for (const hours of library ? [-1, 1] : []) {
    const way = hours < 0 ? "back" : "ahead";
    rows.push(() =>
      report.row(`${CALLERS} callers, the clock is set an hour ${way} during a refresh`, (expect) =>
        each(1, expect, clockJump(library ?? "", hours)),
      ),
    );
  }
  for (const row of rows) await row();
  if (short) report.note("Left out of the short run: locks that are dated back, emptied, or removed alone.");
  if (!library) report.skip("the clock is set during a refresh", "libfaketime is not installed");
}

/**
 * The damage to the lock of a running holder, and the number of refreshes that may follow; the
 * second one is rejected.
 */
interface Injury {
  inflict(path: string): void;
  refreshes: 1 | 2;
  inShort?: true;
}

const INJURIES: Record<string, Injury> = {
  "is dated an hour back": { inflict: (path) => redate(path, "an hour back"), refreshes: 1 },
  "is dated an hour ahead": { inflict: (path) => redate(path, "an hour ahead"), refreshes: 1, inShort: true },
  "is emptied": { inflict: (path) => writeFileSync(path, ""), refreshes: 1 },
  "becomes another's": { inflict: giveAway, refreshes: 1, inShort: true },
  "is removed": { inflict: (path) => rmSync(path), refreshes: 2 },
  "is moved away with its folder": {
    inflict: (path) => renameSync(dirname(path), `${dirname(path)}.gone`),
    refreshes: 2,
    inShort: true,
  },
};

/** A lock of the same process, so that it counts as held until the process ends. */
function giveAway(path: string): void {
  writeFileSync(`${path}.new`, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), id: "another" }));
  renameSync(`${path}.new`, path);
}

function injured({ inflict, refreshes }: Injury) {
  return (expect: Expect): Promise<Round> =>
    onLockStage(async (stage) => {
      const results = await duringRefresh(stage, () => inflict(lockPath(stage, "token")));
      const slowestMs = expectAllServed(stage, results, ANSWER_MS + PROMPT_MS, expect);
      const spent = await expectSpent(stage, { refreshes, granted: 1, logins: 0, tabs: 0 }, expect);
      return { spent, slowestMs };
    });
}

/** One process refreshes, the others wait. Then the damage happens, then the response comes. */
async function duringRefresh(
  stage: Stage,
  happens: () => void,
  env: Record<string, string> = {},
): Promise<RunResult[]> {
  await stage.signIn(-3600);
  stage.center.misbehave({ path: "/token", times: 1, how: { kind: "latency", ms: ANSWER_MS } });
  const holder = callerOf(stage, 0, { env });
  await until("the holder's refresh", () => spentOf(stage).refreshes === 1);
  const others = allCallers(stage, { env });
  await sleep(GATHER_MS);
  happens();
  return [...(await others), await holder.done];
}

/**
 * A clock set back changes nothing. A clock set ahead is like a suspension: the calls may run out
 * of time, but nothing is lost.
 */
function clockJump(library: string, hours: number) {
  const center = { accessTokenSeconds: LONG_LIFE_SECONDS, roleCredentialSeconds: LONG_LIFE_SECONDS };
  return (expect: Expect): Promise<Round> =>
    onLockStage(
      async (stage) => {
        const clock = movableClock(library, stage.home.path);
        const results = await duringRefresh(stage, () => clock.set(hours), clock.env);
        const isOvertaken = ({ code, stdout }: RunResult) => hours > 0 && code === 7 && stdout === "";
        const served = results.filter((result) => !isOvertaken(result));
        expectAllServed(stage, served, ANSWER_MS + PROMPT_MS, expect);
        const slowestMs = Math.max(...results.map(({ ms }) => ms));
        expect(slowestMs <= ANSWER_MS + PROMPT_MS, `the slowest took ${duration(slowestMs)}`);
        // Callers whose time is over leave the response to the process that refreshes.
        const left = await waitForProcesses(stage.home.path, ANSWER_MS + PROMPT_MS);
        expect(left.length === 0, `${left.length} processes are left`);
        const spent = await expectSpent(stage, { refreshes: 1, granted: 1, logins: 0, tabs: 0 }, expect);
        return { spent, slowestMs, overtaken: results.length - served.length };
      },
      { center },
    );
}
