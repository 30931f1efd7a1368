import { generateAccounts } from "../identityCenter/accounts.ts";
import { type IdentityCenter, startIdentityCenter } from "../identityCenter/identityCenter.ts";
import { sessionSection } from "../support/home.ts";
import type { RunResult } from "../support/run.ts";
import { expectServed, grants } from "./cases.ts";
import { about, duration, type Expect, type Figures, median } from "./report.ts";
import { openStage, putToken, SESSION, type Stage } from "./stage.ts";
import { tokenFault } from "./tokenFault.ts";

/**
 * Callers of each session while one session hangs: few enough that all have started long before the
 * first one gives up.
 */
const CALLERS_BESIDE_HANGING = 20;
const CALLERS_EACH = 50;
const ROLES_EACH = 5;
const OTHER_SESSION = "other";
/** Endpoints in the config instead of the environment: each session has its own Identity Center. */
const BY_CONFIG = { AWS_ENDPOINT_URL_SSO: undefined, AWS_ENDPOINT_URL_SSO_OIDC: undefined };

/** A home with two sessions, and calls for each of them. */
interface Pair {
  stage: Stage;
  /** The first is the stage's own. */
  sides: readonly Side[];
}

interface Side {
  session: string;
  center: IdentityCenter;
  signIn(secondsLeft: number): Promise<unknown>;
  /** Starts all calls at once; without roles, all for the usual one. */
  call(count: number, roles?: readonly string[]): Promise<RunResult>[];
}

export async function twoSessions(report: {
  row(name: string, check: (expect: Expect) => Promise<Figures>): Promise<void>;
}): Promise<void> {
  const healthy = `2 sessions of ${CALLERS_EACH} callers for ${ROLES_EACH} roles`;
  await report.row(`${healthy}, nobody signed in`, (expect) => bothHealthy("nobody signed in", expect));
  await report.row(`${healthy}, the tokens have expired`, (expect) => bothHealthy("expired", expect));
  await report.row(`2 sessions of ${CALLERS_BESIDE_HANGING} callers, one hangs at OIDC`, oneHangs);
}

async function bothHealthy(state: "nobody signed in" | "expired", expect: Expect): Promise<Figures> {
  return onPair(async ({ stage, sides }) => {
    for (const side of sides) {
      side.center.accounts = generateAccounts(1, ROLES_EACH);
      if (state === "expired") await side.signIn(-3600);
    }
    const running = sides.map((side) => side.call(CALLERS_EACH, side.center.accounts[0]?.roles));
    const results = await Promise.all(running.map((calls) => Promise.all(calls)));
    const wanted = state === "expired" ? { logins: 0, refreshes: 1 } : { logins: 1, refreshes: 0 };
    const seen = sides.map((side, index) => {
      expectServed(results[index] ?? [], side.center, about(side.session, expect));
      const counts = countsOf(stage, side);
      const words = `${side.session}: ${JSON.stringify(counts)}`;
      expect(counts.logins === wanted.logins && counts.tabs === wanted.logins, words);
      expect(counts.refreshes === wanted.refreshes && counts.portal === ROLES_EACH, words);
      expect(
        counts.perRole.every((count) => count === 1),
        words,
      );
      const fault = tokenFault({ home: stage.home, center: side.center }, side.session);
      expect(fault === undefined, `the token file of ${side.session}: ${fault}`);
      return counts;
    });
    const both = (name: "logins" | "tabs" | "refreshes" | "portal") =>
      seen.map((counts) => counts[name]).join(" + ");
    const times = results.flat().map(({ ms }) => ms);
    return {
      callers: 2 * CALLERS_EACH,
      logins: both("logins"),
      tabs: both("tabs"),
      refreshes: both("refreshes"),
      portal: both("portal"),
      median: duration(median(times)),
      slowest: duration(Math.max(...times)),
    };
  });
}

/** The other session cannot refresh: its OIDC service accepts requests and never responds. */
async function oneHangs(expect: Expect): Promise<Figures> {
  return onPair(async ({ stage, sides }) => {
    const [own, other] = sides as [Side, Side];
    for (const side of sides) await side.signIn(-3600);
    other.center.misbehave({ path: "/token", how: { kind: "blackHole" } });
    let hungEnded = 0;
    const hanging = other.call(CALLERS_BESIDE_HANGING);
    for (const done of hanging) done.finally(() => hungEnded++).catch(() => {});
    const quick = await Promise.all(own.call(CALLERS_BESIDE_HANGING));
    expect(hungEnded === 0, `${hungEnded} callers of the hanging session had ended first`);
    expectServed(quick, own.center, about(own.session, expect));
    const counts = countsOf(stage, own);
    expect(
      counts.logins === 0 && counts.refreshes === 1 && counts.portal === 1,
      `healthy session: ${JSON.stringify(counts)}`,
    );
    const hung = await Promise.all(hanging);
    for (const { code, stderr } of hung)
      expect(code === 7, `hanging session: exit ${code}: ${stderr.trim()}`);
    const tabs = stage.browser.opened().length;
    expect(tabs === 0, "an outage opened a browser");
    const times = quick.map(({ ms }) => ms);
    return {
      callers: 2 * CALLERS_BESIDE_HANGING,
      logins: counts.logins,
      tabs,
      refreshes: counts.refreshes,
      portal: counts.portal,
      median: duration(median(times)),
      slowest: duration(Math.max(...times)),
      "hanging ones": duration(Math.max(...hung.map(({ ms }) => ms))),
    };
  });
}

async function onPair(work: (pair: Pair) => Promise<Figures>): Promise<Figures> {
  const otherCenter = await startIdentityCenter({ servers: "separate" });
  const stage = await openStage();
  try {
    const side = (session: string, center: IdentityCenter): Side => ({
      session,
      center,
      signIn: (secondsLeft) => putToken(stage.home, center, session, secondsLeft),
      call: (count, roles) =>
        Array.from({ length: count }, (_, i) => {
          const role = roles && {
            accountId: center.accounts[0]?.accountId ?? "",
            roleName: roles[i % roles.length] ?? "",
          };
          return stage.call({ session, env: BY_CONFIG, ...role }).done;
        }),
    });
    const sides = [side(SESSION, stage.center), side(OTHER_SESSION, otherCenter)];
    await stage.home.write(".aws/config", sides.map(configOf).join(""));
    return await work({ stage, sides });
  } finally {
    await stage.close();
    await otherCenter.stop();
  }
}

function configOf({ session, center: { urls } }: Side): string {
  return `${sessionSection(session, [`services = ${session}`])}
[services ${session}]
sso =
  endpoint_url = ${urls.portal}
sso_oidc =
  endpoint_url = ${urls.oidc}
`;
}

function countsOf(stage: Stage, { center }: Side) {
  return {
    logins: grants(center, "authorization_code"),
    tabs: stage.browser.opened().filter((url) => url.startsWith(center.urls.oidc)).length,
    refreshes: grants(center, "refresh_token"),
    portal: center.count("/federation/credentials"),
    perRole: (center.accounts[0]?.roles ?? []).map((role) =>
      center.count("/federation/credentials", ({ query }) => query.role_name === role),
    ),
  };
}
