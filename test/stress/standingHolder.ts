import { workersOf } from "../support/processes.ts";
import type { Running, RunResult } from "../support/run.ts";
import { until } from "../support/until.ts";
import { PROMPT_MS } from "./cases.ts";
import { expectAllServed, type Spent } from "./lockCallers.ts";
import { kill } from "./processes.ts";
import { duration, type Expect, type Figures } from "./report.ts";
import type { Stage } from "./stage.ts";

/** CONTRACT 4.7: a live holder keeps its lock until then. */
export const LIVE_HOLDER_MS = 60_000;
/** For callers that wait longer than that. */
export const LONG_WAIT = { env: { SSO_CRED_WAIT: "100" }, deadlineMs: 130_000 };
/** Longer than a live holder keeps its lock and others look for a spent token's successor. */
export const HELD_UP_MS = 70_000;

/** A holder of a lock that does not go on, and the process that refreshes for it. */
export interface StandingHolder {
  /** Continues both and waits for their end. Their time has run out, so any end is accepted. */
  wake(): Promise<void>;
}

export function stopHolder(stage: Stage, holder: Running): StandingHolder {
  const workers = workersOf(stage.home, "--refresh-worker");
  const pids = [holder.pid, ...workers];
  for (const pid of pids) kill(pid, "SIGSTOP");
  return {
    async wake() {
      for (const pid of pids) kill(pid, "SIGCONT");
      await holder.done;
      const areLeft = () => workersOf(stage.home, "--refresh-worker").some((pid) => workers.includes(pid));
      await until("the end of the woken refresh", () => !areLeft(), LIVE_HOLDER_MS);
    },
  };
}

export function expectTakenOver(stage: Stage, results: readonly RunResult[], expect: Expect): number {
  for (const { ms } of results)
    expect(ms > LIVE_HOLDER_MS - PROMPT_MS, `a live holder lost its lock after ${duration(ms)}`);
  return expectAllServed(stage, results, LIVE_HOLDER_MS + 3 * PROMPT_MS, expect);
}

export function figuresOf(slowest: number, { refreshes, granted, logins, tabs }: Spent): Figures {
  return { exit: 0, time: duration(slowest), "refreshes sent": refreshes, answered: granted, logins, tabs };
}
