import { generateAccounts } from "../identityCenter/accounts.ts";
import type { Running, RunResult } from "../support/run.ts";
import { until } from "../support/until.ts";
import { expectServed, grants } from "./cases.ts";
import { duration, type Expect, type Figures, median } from "./report.ts";
import { onStage, type Stage } from "./stage.ts";
import { defineSuite } from "./suite.ts";
import { tokenFault } from "./tokenFault.ts";
import { twoSessions } from "./twoSessions.ts";

const CALLERS = 100;
const ROLES = 20;
const HITS = 20;
/** Much longer than a hit, and much shorter than the sign-in that a hit must not wait for. */
const HIT_MOST_MS = 5_000;

/**
 * N callers for one role cost one portal call, with an expired token one refresh, with nothing
 * cached one sign-in and one tab.
 */
defineSuite({
  name: "concurrency",
  title: "Concurrency",
  async run({ report }) {
    await report.row(`${CALLERS} callers, nobody signed in`, (expect) =>
      onStage({}, async (stage) => {
        const figures = await allAtOnce(stage, expect);
        expectCounts(stage, expect, { logins: 1, tabs: 1, refreshes: 0, portal: 1 });
        return figures;
      }),
    );
    await report.row(`${CALLERS} callers, the token has expired`, (expect) =>
      onStage({}, async (stage) => {
        await stage.signIn(-3600);
        const figures = await allAtOnce(stage, expect);
        expectCounts(stage, expect, { logins: 0, tabs: 0, refreshes: 1, portal: 1 });
        return figures;
      }),
    );
    await report.row(`${CALLERS} callers for ${ROLES} roles, the token has expired`, (expect) =>
      onStage({}, async (stage) => {
        stage.center.accounts = generateAccounts(1, ROLES);
        await stage.signIn(-3600);
        const roles = stage.center.accounts[0]?.roles ?? [];
        const figures = await allAtOnce(stage, expect, (i) => ({
          accountId: stage.center.accounts[0]?.accountId ?? "",
          roleName: roles[i % ROLES] ?? "",
        }));
        expectCounts(stage, expect, { logins: 0, tabs: 0, refreshes: 1, portal: ROLES });
        const perRole = roles.map((role) =>
          stage.center.count("/federation/credentials", ({ query }) => query.role_name === role),
        );
        expect(
          perRole.every((count) => count === 1),
          `portal calls per role: ${perRole}`,
        );
        return figures;
      }),
    );
    await twoSessions(report);
    await report.row(`${HITS} hits while a sign-in is open`, hitsDuringLogin);
  },
});

async function allAtOnce(
  stage: Stage,
  expect: Expect,
  options: (i: number) => { accountId?: string; roleName?: string } = () => ({}),
): Promise<Figures> {
  const results = await Promise.all(Array.from({ length: CALLERS }, (_, i) => stage.call(options(i)).done));
  expectServed(results, stage.center, expect);
  return { callers: CALLERS, ...requestFigures(stage), ...timeFigures(results) };
}

function requestFigures(stage: Stage) {
  return {
    logins: grants(stage.center, "authorization_code"),
    tabs: stage.browser.opened().length,
    refreshes: grants(stage.center, "refresh_token"),
    portal: stage.center.count("/federation/credentials"),
  };
}

function timeFigures(results: readonly RunResult[]): Figures {
  const times = results.map(({ ms }) => ms);
  return { median: duration(median(times)), slowest: duration(Math.max(...times)) };
}

function expectCounts(stage: Stage, expect: Expect, wanted: ReturnType<typeof requestFigures>): void {
  const seen = requestFigures(stage);
  for (const name of Object.keys(wanted) as (keyof typeof wanted)[]) {
    expect(seen[name] === wanted[name], `${name}: ${seen[name]} instead of ${wanted[name]}`);
  }
  const fault = tokenFault(stage);
  expect(fault === undefined, `the token file: ${fault}`);
}

async function hitsDuringLogin(expect: Expect): Promise<Figures> {
  return onStage({ browser: "ignore", center: { consent: "auto" } }, async (stage) => {
    await stage.cacheRole(1800);
    const waiting: Running[] = Array.from({ length: 5 }, () => stage.call({ roleName: "Admin" }));
    let ended = 0;
    for (const { done } of waiting) done.finally(() => ended++).catch(() => {});
    await until("the page", () => stage.browser.opened().length > 0);
    const hits = await Promise.all(Array.from({ length: HITS }, () => stage.call().done));
    expectServed(hits, stage.center, expect);
    expect(ended === 0, `${ended} of those who wait for the sign-in had ended`);
    for (const { ms } of hits) expect(ms < HIT_MOST_MS, `a hit took ${duration(ms)}`);
    await fetch(stage.browser.opened()[0] ?? "");
    expectServed(await Promise.all(waiting.map(({ done }) => done)), stage.center, expect);
    expectCounts(stage, expect, { logins: 1, tabs: 1, refreshes: 0, portal: 1 });
    return { callers: HITS, ...requestFigures(stage), ...timeFigures(hits) };
  });
}
