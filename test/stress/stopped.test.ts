import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { tokenPath } from "../support/home.ts";
import { workersOf } from "../support/processes.ts";
import { until } from "../support/until.ts";
import { judge, PROMPT_MS } from "./cases.ts";
import { kill } from "./processes.ts";
import { duration, type Expect, type Figures } from "./report.ts";
import { jsonIn, onStage, SESSION, type Stage } from "./stage.ts";
import { LIVE_HOLDER_MS, stopHolder } from "./standingHolder.ts";
import { defineSuite, type SuiteContext } from "./suite.ts";
import { suspensions } from "./suspended.ts";
import { takenOverLocks } from "./takenOver.ts";

const SHORT_WAIT_SECONDS = 5;

/** SIGSTOP, as in a suspended machine, or after Ctrl-Z. */
defineSuite({ name: "stopped", title: "Stopped processes", concurrent: true, run });

/** The rows only wait, so all run at once. */
async function run(context: SuiteContext): Promise<void> {
  const { report, short } = context;
  const rows = [
    report.row("the holder of a lock is stopped, SSO_CRED_WAIT=5", stoppedHolder),
    report.row("the login worker is stopped, SSO_CRED_WAIT=5", stoppedWorker),
  ];
  if (short) report.note("Left out of the short run: all that is stopped for more than 60 s.");
  else
    rows.push(
      report.row("the holder of a lock is stopped for 70 s", longStoppedHolder),
      ...takenOverLocks(context),
      suspensions(context),
    );
  await Promise.all(rows);
}

async function onHeldRefresh(
  work: (stage: Stage, wake: () => Promise<void>) => Promise<Figures>,
): Promise<Figures> {
  return onStage({}, async (stage) => {
    await stage.signIn(-600);
    stage.center.misbehave({ path: "/token", times: 1, how: { kind: "blackHole" } });
    const holder = stage.call({ deadlineMs: 120_000 });
    await until("the holder's refresh", () => stage.center.count("/token") > 0);
    const standing = stopHolder(stage, holder);
    return await work(stage, standing.wake);
  });
}

function stoppedHolder(expect: Expect): Promise<Figures> {
  return onHeldRefresh(async (stage, wake) => {
    const env = { SSO_CRED_WAIT: String(SHORT_WAIT_SECONDS) };
    const result = await stage.call({ env }).done;
    const mostMs = SHORT_WAIT_SECONDS * 1000 + PROMPT_MS;
    const figures = judge(
      expect,
      stage,
      result,
      { exit: 7, says: /waited too long for .*process \d+/ },
      { mostMs },
    );
    await wake();
    judge(expect, stage, await stage.call().done, 0);
    return figures;
  });
}

function longStoppedHolder(expect: Expect): Promise<Figures> {
  return onHeldRefresh(async (stage, wake) => {
    const trace = join(stage.home.path, "trace");
    const waiter = stage.call({ env: { SSO_CRED_WAIT: "90", SSO_CRED_TRACE: trace }, deadlineMs: 100_000 });
    const result = await waiter.done.catch((error) => {
      throw new Error(`${error.message}\n${readFileSync(trace, "utf8")}`);
    });
    const figures = judge(expect, stage, result, 0, { mostMs: LIVE_HOLDER_MS + 2 * PROMPT_MS });
    expect(
      result.ms > LIVE_HOLDER_MS - PROMPT_MS,
      `a live holder lost its lock after ${duration(result.ms)}`,
    );
    const file = () => jsonIn(join(stage.home.path, tokenPath(SESSION)));
    const written = file()?.accessToken;
    await sleep(5_000);
    await wake();
    expect(file()?.accessToken === written, "the one that woke up overwrote the newer token");
    judge(expect, stage, await stage.call().done, 0);
    return figures;
  });
}

async function stoppedWorker(expect: Expect): Promise<Figures> {
  return onStage({ browser: "ignore" }, async (stage) => {
    const env = { SSO_CRED_WAIT: String(SHORT_WAIT_SECONDS) };
    const first = stage.call({ env });
    await until("the page", () => stage.browser.opened().length > 0);
    const [worker] = workersOf(stage.home);
    if (worker === undefined) throw new Error("no worker");
    await sleep(300);
    kill(worker, "SIGSTOP");
    const mostMs = SHORT_WAIT_SECONDS * 1000 + PROMPT_MS;
    const ending = { exit: 4, says: /is open and waits for you/ };
    const figures = judge(expect, stage, await first.done, ending, { mostMs, tabs: 1 });
    judge(expect, stage, await stage.call({ env }).done, ending, { mostMs, tabs: 1 });
    kill(worker, "SIGCONT");
    await fetch(stage.browser.opened()[0] ?? "");
    judge(expect, stage, await stage.call().done, 0, { mostMs: 20_000, tabs: 1 });
    return figures;
  });
}
