import { rm } from "node:fs/promises";
import { join } from "node:path";
import { rolePath, tokenPath } from "../support/home.ts";
import { until } from "../support/until.ts";
import { type Ending, grants, judge, PROMPT_MS } from "./cases.ts";
import { faketime, movableClock, wrongClock } from "./movableClock.ts";
import { duration, type Expect, type Figures } from "./report.ts";
import { ACCOUNT, jsonIn, onStage, openStage, ROLE, SESSION, type Stage } from "./stage.ts";
import type { SuiteContext } from "./suite.ts";

const HOUR_SECONDS = 3600;
/** The tolerance for the time of a start-up on a busy machine. */
const SLACK_MS = 60_000;
const SHORT_WAIT_SECONDS = 5;

interface ClockCase {
  hoursAhead: 1 | -1;
  /** The time left of the access token by the right clock; absent: nobody is signed in. */
  tokenHours?: number;
  /** The time left of role credentials by the service's clock. */
  roleHours: 1 | 8;
  ending: Ending;
  refreshes?: number;
  tabs?: number;
}

const EXPIRED: Ending = { exit: 7, says: /already expired; is the clock right\?/ };

const CASES: Record<string, ClockCase> = {
  "an hour ahead, nobody signed in": { hoursAhead: 1, roleHours: 8, ending: 0, tabs: 1 },
  "an hour behind, nobody signed in": { hoursAhead: -1, roleHours: 8, ending: 0, tabs: 1 },
  "an hour ahead, the token has expired": {
    hoursAhead: 1,
    tokenHours: -0.5,
    roleHours: 8,
    ending: 0,
    refreshes: 1,
  },
  "an hour behind, the token has expired": {
    hoursAhead: -1,
    tokenHours: -2,
    roleHours: 8,
    ending: 0,
    refreshes: 1,
  },
  "an hour ahead, the token seems to have expired": {
    hoursAhead: 1,
    tokenHours: 0.5,
    roleHours: 8,
    ending: 0,
    refreshes: 1,
  },
  "an hour behind, the expired token seems to live": {
    hoursAhead: -1,
    tokenHours: -0.5,
    roleHours: 8,
    ending: 0,
    refreshes: 1,
  },
  "an hour behind, roles of 1 hour": { hoursAhead: -1, tokenHours: 3, roleHours: 1, ending: 0 },
  "an hour ahead, roles of 1 hour": { hoursAhead: 1, tokenHours: 3, roleHours: 1, ending: EXPIRED },
};

/** The clock of program and worker is an hour off; the services' and the files' are right. */
export async function wrongClocks(report: SuiteContext["report"]): Promise<void> {
  const library = faketime();
  for (const [name, clockCase] of Object.entries(CASES)) {
    await report.row(`clock ${name}`, (expect) => onWrongClock(library, clockCase, expect));
  }
  if (library) await report.row("clock set back an hour during a sign-in, SSO_CRED_WAIT=5", setBack(library));
  report.note(
    library
      ? `Clock: the program's own is moved, by ${library}.`
      : "Clock: libfaketime is not installed, so the services' clock is moved the other way.",
  );
}

async function onWrongClock(
  library: string | undefined,
  { hoursAhead, tokenHours, roleHours, ending, refreshes = 0, tabs = 0 }: ClockCase,
  expect: Expect,
): Promise<Figures> {
  const stage = await openStage({ center: { roleCredentialSeconds: roleHours * HOUR_SECONDS } });
  const aheadMs = hoursAhead * HOUR_SECONDS * 1000;
  try {
    if (!library) stage.center.advance(-aheadMs);
    if (tokenHours !== undefined) {
      // The file's time is the service's, which in one case is this process's clock.
      const rightAheadHours = library ? 0 : -hoursAhead;
      await stage.signIn((tokenHours + rightAheadHours) * HOUR_SECONDS);
      if (tokenHours < 0) stage.center.expireAccessTokens();
    }
    const env = library === undefined ? {} : wrongClock(library, hoursAhead);
    const figures = judge(expect, stage, await stage.call({ env }).done, ending, { tabs });
    expect(refreshesOf(stage) === refreshes, `${refreshesOf(stage)} refreshes instead of ${refreshes}`);
    if (ending !== 0) return figures;
    if (refreshes + tabs > 0) expectWrittenBy(stage, library === undefined ? 0 : aheadMs, expect);
    // The wrong clock also serves what it has fetched, without a request.
    const asked = stage.center.requests.length;
    judge(expect, stage, await stage.call({ env }).done, 0, { tabs });
    expect(stage.center.requests.length === asked, "the second call was no hit");
    // Then the clock is corrected.
    if (!library) stage.center.advance(aheadMs);
    judge(expect, stage, await stage.call().done, 0, { tabs });
    await rm(join(stage.home.path, rolePath(SESSION, ACCOUNT, ROLE)));
    judge(expect, stage, await stage.call().done, 0, { tabs });
    return { ...figures, tabs: stage.browser.opened().length, refreshes: refreshesOf(stage) };
  } finally {
    await stage.close();
  }
}

/** The wait ends at its usual time, and the sign-in can still be answered. */
function setBack(library: string): (expect: Expect) => Promise<Figures> {
  return async (expect) => {
    return onStage({ browser: "ignore" }, async (stage) => {
      const clock = movableClock(library, stage.home.path);
      const env = { ...clock.env, SSO_CRED_WAIT: String(SHORT_WAIT_SECONDS) };
      const waiting = stage.call({ env });
      await until("the page", () => stage.browser.opened().length > 0);
      clock.set(-1);
      const ending = { exit: 4, says: /is open and waits for you/ };
      const mostMs = SHORT_WAIT_SECONDS * 1000 + PROMPT_MS;
      const figures = judge(expect, stage, await waiting.done, ending, { mostMs, tabs: 1 });
      await fetch(stage.browser.opened()[0] ?? "");
      judge(expect, stage, await stage.call({ env }).done, 0, { tabs: 1 });
      return { ...figures, tabs: stage.browser.opened().length };
    });
  };
}

const refreshesOf = ({ center }: Stage) => grants(center, "refresh_token");

/** The token's expiry shows which clock its writer, a run or a worker, has used. */
function expectWrittenBy(stage: Stage, aheadMs: number, expect: Expect): void {
  const file = jsonIn(join(stage.home.path, tokenPath(SESSION)));
  const writtenAt =
    Date.parse(String(file?.expiresAt)) - stage.center.settings.accessTokenSeconds * 1000 - aheadMs;
  const offMs = Math.abs(writtenAt - Date.now());
  expect(offMs < SLACK_MS, `the token was written ${duration(offMs)} beside the wrong clock`);
}
