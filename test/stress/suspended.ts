import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { tokenPath } from "../support/home.ts";
import type { RunResult } from "../support/run.ts";
import { until } from "../support/until.ts";
import { type Ending, isFailureText, judge, PROMPT_MS } from "./cases.ts";
import { brokenJson } from "./leftovers.ts";
import { duration, type Expect, type Figures } from "./report.ts";
import { isGoodOutput, jsonIn, onStage, SESSION, type Stage, type StageOptions } from "./stage.ts";
import { signalAll } from "./standstill.ts";
import type { SuiteContext } from "./suite.ts";

/** Longer than the limits of runs, locks and requests, and shorter than a sign-in stays open. */
const SUSPENDED_MS = 150_000;
/** The delay of a response that comes in the suspension, long after everything was stopped. */
const MEANWHILE = { kind: "latency", ms: 2_000 } as const;
const NEVER = { kind: "blackHole" } as const;
/** Random moments within the usual time of a run. */
const SPAN_MS = { refresh: 300, "sign-in": 700 } as const;
const MOMENTS = 6;

interface Suspension {
  options?: StageOptions;
  prepare?(stage: Stage): Promise<unknown>;
  /** True when it is time to stop. */
  isUnderWay(stage: Stage): boolean;
  /** The end of the run after it continues; its budget has run out. Absent: any allowed end. */
  ending?: Ending;
  /** Additional checks: the work in progress is not lost. */
  afterwards?(stage: Stage, expect: Expect): Promise<unknown>;
  tabs?: number;
}

const LIVE_MINUTES = 10;
const TIME_IS_OVER: Ending = { exit: 7, says: /no time left to ask|did not answer within/ };
const STILL_OPEN: Ending = { exit: 4, says: /is open and waits for you/ };

const hasAsked =
  (path: string) =>
  ({ center }: Stage) =>
    center.count(path) > 0;

const SUSPENSIONS: Record<string, Suspension> = {
  "in a refresh, answered meanwhile": {
    async prepare(stage) {
      await stage.signIn(-600);
      stage.center.misbehave({ path: "/token", times: 1, how: MEANWHILE });
    },
    isUnderWay: hasAsked("/token"),
    ending: TIME_IS_OVER,
    async afterwards(stage, expect) {
      const file = jsonIn(join(stage.home.path, tokenPath(SESSION)));
      const known = stage.center.state.refreshTokens.get(String(file?.refreshToken));
      expect(known !== undefined && known.usedAt === undefined, "the refreshed token was lost");
    },
  },
  "in a refresh, never answered": {
    async prepare(stage) {
      await stage.signIn(-600);
      stage.center.misbehave({ path: "/token", times: 1, how: NEVER });
    },
    isUnderWay: hasAsked("/token"),
    ending: TIME_IS_OVER,
  },
  "in a refresh, never answered, credentials live": {
    async prepare(stage) {
      await stage.signIn(-600);
      await stage.cacheRole(LIVE_MINUTES * 60);
      stage.center.misbehave({ path: "/token", times: 1, how: NEVER });
    },
    isUnderWay: hasAsked("/token"),
    ending: 0,
  },
  "in the portal call, answered meanwhile": {
    async prepare(stage) {
      await stage.signIn(7200);
      stage.center.misbehave({ path: "/federation/credentials", times: 1, how: MEANWHILE });
    },
    isUnderWay: hasAsked("/federation/credentials"),
    ending: 0,
  },
  "in the portal call, never answered": {
    async prepare(stage) {
      await stage.signIn(7200);
      stage.center.misbehave({ path: "/federation/credentials", times: 1, how: NEVER });
    },
    isUnderWay: hasAsked("/federation/credentials"),
    ending: TIME_IS_OVER,
  },
  "while a sign-in is open, with its worker": {
    options: { browser: "ignore" },
    isUnderWay: ({ browser }) => browser.opened().length > 0,
    ending: STILL_OPEN,
    afterwards: ({ browser }) => fetch(browser.opened()[0] ?? ""),
    tabs: 1,
  },
  "while the worker redeems the code, answered meanwhile": {
    async prepare(stage) {
      stage.center.misbehave({ path: "/token", times: 1, how: MEANWHILE });
    },
    isUnderWay: hasAsked("/token"),
    tabs: 1,
  },
};

/** A home's processes are stopped for minutes, as in a sleeping machine, all rows at once. */
export async function suspensions({ report, random }: SuiteContext): Promise<void> {
  const lead = `suspended for ${SUSPENDED_MS / 1000} s`;
  const moments = Array.from({ length: MOMENTS }, (_, index) => {
    const work = index % 2 === 0 ? "refresh" : "sign-in";
    return { work, atMs: Math.round(random.between(0, SPAN_MS[work])) } as const;
  });
  await Promise.all([
    ...Object.entries(SUSPENSIONS).map(([name, suspension]) =>
      report.row(`${lead} ${name}`, (expect) =>
        onStage(suspension.options ?? {}, (stage) => inSuspension(stage, suspension, expect)),
      ),
    ),
    ...moments.map(({ work, atMs }) =>
      report.row(`${lead} ${atMs} ms into a ${work}`, (expect) =>
        onStage({}, (stage) => atAnyMoment(stage, work, atMs, expect)),
      ),
    ),
  ]);
}

async function inSuspension(
  stage: Stage,
  { prepare, isUnderWay, ending, afterwards, tabs = 0 }: Suspension,
  expect: Expect,
): Promise<Figures> {
  await prepare?.(stage);
  const call = stage.call({ deadlineMs: 2 * SUSPENDED_MS });
  await until("the moment to stop", () => isUnderWay(stage));
  // Time for changes that follow the visible one: the state file of an opened page.
  if (tabs > 0) await sleep(200);
  const result = await sleepThrough(stage, call);
  const figures =
    ending === undefined ? endsWell(stage, result, expect) : judge(expect, stage, result, ending, { tabs });
  await afterwards?.(stage, expect);
  return { ...figures, tabs: await nextCall(stage, tabs, expect) };
}

async function atAnyMoment(
  stage: Stage,
  work: keyof typeof SPAN_MS,
  atMs: number,
  expect: Expect,
): Promise<Figures> {
  if (work === "refresh") await stage.signIn(-600);
  const call = stage.call({ deadlineMs: 2 * SUSPENDED_MS });
  await sleep(atMs);
  const figures = endsWell(stage, await sleepThrough(stage, call), expect);
  return { ...figures, tabs: await nextCall(stage, work === "refresh" ? 0 : 1, expect) };
}

/** It ends soon, with credentials or with a message. */
function endsWell({ center }: Stage, { code, stdout, stderr, ms }: RunResult, expect: Expect): Figures {
  const isGood = code === 0 ? isGoodOutput(stdout, center) : stdout === "" && isFailureText(stderr);
  expect(isGood && [0, 4, 7].includes(code ?? -1), `exit ${code}: ${stderr.trim()}`);
  expect(ms <= PROMPT_MS, `took ${duration(ms)}`);
  return { exit: code ?? "killed", time: duration(ms) };
}

async function nextCall(stage: Stage, tabs: number, expect: Expect): Promise<number> {
  judge(expect, stage, await stage.call().done, 0, { tabs, mostMs: 2 * PROMPT_MS });
  expect(brokenJson(stage.home.path).length === 0, "a broken file");
  return stage.browser.opened().length;
}

/** Returns the run's end with the time since it continued. */
async function sleepThrough(stage: Stage, call: { done: Promise<RunResult> }): Promise<RunResult> {
  signalAll(stage.home.path, "SIGSTOP");
  await sleep(SUSPENDED_MS);
  const resumedAt = performance.now();
  signalAll(stage.home.path, "SIGCONT");
  const result = await call.done;
  return { ...result, ms: Math.max(0, performance.now() - resumedAt) };
}
