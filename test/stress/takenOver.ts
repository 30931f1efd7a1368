import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { tokenPath } from "../support/home.ts";
import { until } from "../support/until.ts";
import {
  allCallers,
  CALLERS,
  callerOf,
  expectSpent,
  lockId,
  lockPath,
  onLockStage,
  spentOf,
} from "./lockCallers.ts";
import type { Expect, Figures } from "./report.ts";
import { jsonIn, SESSION, type Stage } from "./stage.ts";
import {
  expectTakenOver,
  figuresOf,
  HELD_UP_MS,
  LIVE_HOLDER_MS,
  LONG_WAIT,
  stopHolder,
} from "./standingHolder.ts";
import { stoppedStarts } from "./stoppedStarts.ts";
import type { SuiteContext } from "./suite.ts";

/** The response to a refresh is sent after the process that asked for it has been stopped. */
const ANSWER_MS = 1_000;

/**
 * A holder stops for more than 60 s with the response of /token in memory or in transit. This is
 * the worst moment: its refresh token is spent, and the new one is not written. It may cost one
 * sign-in, and then everything works.
 */
export function takenOverLocks({ report }: SuiteContext): Promise<void>[] {
  const rows = [
    ...stoppedStarts(report),
    report.row(`stopped for 70 s with /token's answer, ${CALLERS} wait`, wokenLate),
    report.row(`stopped with /token's answer until a waiter has asked, ${CALLERS} wait`, wokenInTime),
    report.row(`stopped for 60 s, and wakes while another holds its lock, ${CALLERS} wait`, leavesOthersLock),
  ];
  const missing = straceFault();
  if (missing === undefined) {
    for (const whose of ["the token's", "the sign-in's"] as const) {
      rows.push(
        report.row(`held up for 70 s at the rename of ${whose} file, ${CALLERS} wait`, (expect) =>
          heldAtRename(whose, expect),
        ),
      );
    }
  } else report.skip("held up at a rename", missing);
  return rows;
}

/** The token that was written meanwhile is newer. */
function wokenLate(expect: Expect): Promise<Figures> {
  return onLockStage(async (stage) => {
    const standing = await stoppedWithAnswer(stage);
    const results = await allCallers(stage, LONG_WAIT);
    const slowest = expectTakenOver(stage, results, expect);
    const written = accessToken(stage);
    await sleep(HELD_UP_MS - LIVE_HOLDER_MS);
    await standing.wake();
    expect(accessToken(stage) === written, "the one that woke up overwrote the newer token");
    return figuresOf(
      slowest,
      await expectSpent(stage, { refreshes: 2, granted: 1, logins: 1, tabs: 1 }, expect),
    );
  });
}

/** The processes that were just told that the refresh token is spent find the new token. */
function wokenInTime(expect: Expect): Promise<Figures> {
  return onLockStage(async (stage) => {
    const standing = await stoppedWithAnswer(stage);
    const others = allCallers(stage, LONG_WAIT);
    await until("a waiter's refresh", () => spentOf(stage).refreshes === 2, 2 * LIVE_HOLDER_MS);
    await standing.wake();
    const slowest = expectTakenOver(stage, await others, expect);
    return figuresOf(
      slowest,
      await expectSpent(stage, { refreshes: 2, granted: 1, logins: 0, tabs: 0 }, expect),
    );
  });
}

/** The others then wait for the second holder, and nobody sends a third request. */
function leavesOthersLock(expect: Expect): Promise<Figures> {
  return onLockStage(async (stage) => {
    await stage.signIn(-600);
    stage.center.misbehave({ path: "/token", times: 1, how: { kind: "blackHole" } });
    stage.center.misbehave({ path: "/token", times: 1, how: { kind: "latency", ms: 5 * ANSWER_MS } });
    const holder = callerOf(stage, 0, { deadlineMs: LONG_WAIT.deadlineMs });
    await until("the holder's refresh", () => spentOf(stage).refreshes === 1);
    const standing = stopHolder(stage, holder);
    const lock = lockPath(stage, "token");
    const first = lockId(lock);
    const others = allCallers(stage, LONG_WAIT);
    await until("a waiter's refresh", () => spentOf(stage).refreshes === 2, 2 * LIVE_HOLDER_MS);
    const second = lockId(lock);
    expect(second !== undefined && second !== first, "nobody took the lock over");
    await standing.wake();
    expect(lockId(lock) === second, "the one that woke up took away another's lock");
    const slowest = expectTakenOver(stage, await others, expect);
    return figuresOf(
      slowest,
      await expectSpent(stage, { refreshes: 2, granted: 1, logins: 0, tabs: 0 }, expect),
    );
  });
}

/**
 * Stops between the last check of the file and the rename. By then the others have removed its
 * temporary file, so it must check again.
 */
function heldAtRename(whose: "the token's" | "the sign-in's", expect: Expect): Promise<Figures> {
  return onLockStage(async (stage) => {
    if (whose === "the token's") await stage.signIn(-600);
    // The first file that the start of a sign-in replaces. A refresh has replaced the lock before.
    const when = whose === "the token's" ? 2 : 1;
    const inject = `inject=rename:delay_enter=${HELD_UP_MS * 1000}:when=${when}`;
    const through = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=rename", "-e", inject];
    const holder = callerOf(stage, 0, { through, deadlineMs: LONG_WAIT.deadlineMs });
    await until("the holder's lock", () =>
      whose === "the token's" ? spentOf(stage).refreshes === 1 : existsSync(lockPath(stage, "login")),
    );
    const slowest = expectTakenOver(stage, await allCallers(stage, LONG_WAIT), expect);
    const written = accessToken(stage);
    const { code, stderr } = await holder.done;
    expect(code === 0 || code === 7, `the holder: exit ${code}: ${stderr.trim()}`);
    expect(accessToken(stage) === written, "the rename overwrote the newer token");
    const refreshes = whose === "the token's" ? { refreshes: 2, granted: 1 } : { refreshes: 0, granted: 0 };
    return figuresOf(slowest, await expectSpent(stage, { ...refreshes, logins: 1, tabs: 1 }, expect));
  });
}

/** The response was sent but not read. */
async function stoppedWithAnswer(stage: Stage) {
  await stage.signIn(-600);
  stage.center.misbehave({ path: "/token", times: 1, how: { kind: "latency", ms: ANSWER_MS } });
  const holder = callerOf(stage, 0, { deadlineMs: LONG_WAIT.deadlineMs });
  await until("the holder's refresh", () => spentOf(stage).refreshes === 1);
  return stopHolder(stage, holder);
}

function accessToken({ home }: Stage): unknown {
  return jsonIn(join(home.path, tokenPath(SESSION)))?.accessToken;
}

/** The reason why strace cannot stop a process here. */
function straceFault(): string | undefined {
  const probe = spawnSync("strace", ["-qq", "-o", "/dev/null", "-e", "inject=rename:delay_enter=1", "true"], {
    encoding: "utf8",
  });
  if (probe.error) return `no strace (${(probe.error as NodeJS.ErrnoException).code})`;
  return probe.status === 0 ? undefined : `strace: ${probe.stderr.trim().split("\n")[0]}`;
}
