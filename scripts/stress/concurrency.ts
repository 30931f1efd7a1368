import { generateAccounts } from "../../test/identityCenter/accounts.ts";
import { startIdentityCenter } from "../../test/identityCenter/identityCenter.ts";
import { sessionSection } from "../../test/support/home.ts";
import type { Running, RunResult } from "../../test/support/run.ts";
import { duration, type Expect, type Figures, quantile, type Suite } from "./report.ts";
import { isGoodOutput, openStage, SESSION, type Stage } from "./stage.ts";

const CALLERS = 100;
const ROLES = 20;
/** Callers of each session, where one of two hangs: few enough to have started long before the hanging one gives up. */
const CALLERS_EACH = 20;
const HITS = 20;
/** Far more than a hit takes, far less than the sign-in it must not wait for. */
const HIT_MOST_MS = 5_000;

/** CONTRACT 4.7: N callers for one role cost one portal call, with an expired token one refresh, with nothing one login and one tab. */
export const concurrency: Suite = {
  name: "concurrency",
  title: "Concurrency",
  async run({ report }) {
    await report.row(`${CALLERS} callers, nobody signed in`, (expect) =>
      onStage(async (stage) => {
        const figures = await allAtOnce(stage, expect, CALLERS);
        expectCounts(stage, expect, { logins: 1, tabs: 1, refreshes: 0, portal: 1 });
        return figures;
      }),
    );
    await report.row(`${CALLERS} callers, the token has expired`, (expect) =>
      onStage(async (stage) => {
        await stage.signIn(-3600);
        const figures = await allAtOnce(stage, expect, CALLERS);
        expectCounts(stage, expect, { logins: 0, tabs: 0, refreshes: 1, portal: 1 });
        return figures;
      }),
    );
    await report.row(`${CALLERS} callers for ${ROLES} roles, the token has expired`, (expect) =>
      onStage(async (stage) => {
        stage.center.accounts = generateAccounts(1, ROLES);
        await stage.signIn(-3600);
        const roles = stage.center.accounts[0]?.roles ?? [];
        const figures = await allAtOnce(stage, expect, CALLERS, (i) => ({
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
    await report.row(`2 sessions of ${CALLERS_EACH} callers, one hangs at OIDC`, twoSessions);
    await report.row(`${HITS} hits while a sign-in is open`, hitsDuringLogin);
  },
};

async function onStage(work: (stage: Stage) => Promise<Figures>): Promise<Figures> {
  const stage = await openStage();
  try {
    return await work(stage);
  } finally {
    await stage.close();
  }
}

async function allAtOnce(
  stage: Stage,
  expect: Expect,
  count: number,
  options: (i: number) => { accountId?: string; roleName?: string } = () => ({}),
): Promise<Figures> {
  const results = await Promise.all(Array.from({ length: count }, (_, i) => stage.call(options(i)).done));
  expectSuccess(results, stage, expect);
  return { callers: count, ...requestFigures(stage), ...timeFigures(results) };
}

function expectSuccess(
  results: readonly RunResult[],
  { center }: Pick<Stage, "center">,
  expect: Expect,
): void {
  for (const { code, stdout, stderr } of results) {
    expect(code === 0 && isGoodOutput(stdout, center), `exit ${code}: ${stderr.trim()}`);
    expect(code !== 0 || stderr === "", `stderr of a success: ${stderr.trim()}`);
  }
}

function grants(stage: Pick<Stage, "center">, grantType: string): number {
  return stage.center.count("/token", ({ body }) => (body as { grantType?: string }).grantType === grantType);
}

function requestFigures(stage: Stage) {
  return {
    logins: grants(stage, "authorization_code"),
    tabs: stage.browser.opened().length,
    refreshes: grants(stage, "refresh_token"),
    portal: stage.center.count("/federation/credentials"),
  };
}

function timeFigures(results: readonly RunResult[]): Figures {
  const times = results.map(({ ms }) => ms);
  return { median: duration(quantile(times, 0.5)), slowest: duration(Math.max(...times)) };
}

function expectCounts(stage: Stage, expect: Expect, wanted: ReturnType<typeof requestFigures>): void {
  const seen = requestFigures(stage);
  for (const name of Object.keys(wanted) as (keyof typeof wanted)[]) {
    expect(seen[name] === wanted[name], `${name}: ${seen[name]} instead of ${wanted[name]}`);
  }
}

/** The session `slow` cannot refresh because its OIDC service takes requests and never answers. */
async function twoSessions(expect: Expect): Promise<Figures> {
  const slowCenter = await startIdentityCenter({ servers: "separate" });
  const stage = await openStage();
  try {
    const section = (
      name: string,
      { urls }: typeof slowCenter,
    ) => `${sessionSection(name, [`services = ${name}`])}
[services ${name}]
sso =
  endpoint_url = ${urls.portal}
sso_oidc =
  endpoint_url = ${urls.oidc}
`;
    await stage.home.write(".aws/config", section(SESSION, stage.center) + section("slow", slowCenter));
    await stage.signIn(-3600);
    await stage.signIn(-3600, "slow");
    slowCenter.misbehave({ path: "/token", how: { kind: "blackHole" } });
    const env = { AWS_ENDPOINT_URL_SSO: undefined, AWS_ENDPOINT_URL_SSO_OIDC: undefined };
    let slowEnded = 0;
    const slow = Array.from({ length: CALLERS_EACH }, () => stage.call({ session: "slow", env }));
    for (const { done } of slow) done.finally(() => slowEnded++).catch(() => {});
    const quick = await Promise.all(Array.from({ length: CALLERS_EACH }, () => stage.call({ env }).done));
    expect(slowEnded === 0, `${slowEnded} callers of the hanging session had ended first`);
    expectSuccess(quick, stage, expect);
    expectCounts(stage, expect, { logins: 0, tabs: 0, refreshes: 1, portal: 1 });
    const hung = await Promise.all(slow.map(({ done }) => done));
    for (const { code, stderr } of hung)
      expect(code === 7, `hanging session: exit ${code}: ${stderr.trim()}`);
    expect(stage.browser.opened().length === 0, "an outage opened a browser");
    return {
      callers: 2 * CALLERS_EACH,
      ...requestFigures(stage),
      ...timeFigures(quick),
      "hanging ones": duration(Math.max(...hung.map(({ ms }) => ms))),
    };
  } finally {
    await stage.close();
    await slowCenter.stop();
  }
}

async function hitsDuringLogin(expect: Expect): Promise<Figures> {
  const stage = await openStage({ browser: "ignore", center: { consent: "auto" } });
  try {
    await stage.cacheRole(1800);
    const waiting: Running[] = Array.from({ length: 5 }, () => stage.call({ roleName: "Admin" }));
    let ended = 0;
    for (const { done } of waiting) done.finally(() => ended++).catch(() => {});
    const url = await opened(stage);
    const hits = await Promise.all(Array.from({ length: HITS }, () => stage.call().done));
    expectSuccess(hits, stage, expect);
    expect(ended === 0, `${ended} of those who wait for the sign-in had ended`);
    for (const { ms } of hits) expect(ms < HIT_MOST_MS, `a hit took ${duration(ms)}`);
    await fetch(url);
    expectSuccess(await Promise.all(waiting.map(({ done }) => done)), stage, expect);
    expectCounts(stage, expect, { logins: 1, tabs: 1, refreshes: 0, portal: 1 });
    return { callers: HITS, ...requestFigures(stage), ...timeFigures(hits) };
  } finally {
    await stage.close();
  }
}

async function opened(stage: Stage): Promise<string> {
  for (const giveUpAt = performance.now() + 30_000; performance.now() < giveUpAt; ) {
    const [url] = stage.browser.opened();
    if (url) return url;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error("no tab was opened");
}
