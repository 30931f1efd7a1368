import { existsSync, readFileSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { generateAccounts } from "../identityCenter/accounts.ts";
import { sha1 } from "../support/home.ts";
import type { Running, RunResult } from "../support/run.ts";
import { expectServed } from "./cases.ts";
import { brokenJson } from "./leftovers.ts";
import { about, duration, type Expect, type Figures } from "./report.ts";
import { isGoodOutput, onStage, SESSION, type Stage, type StageOptions } from "./stage.ts";
import { tokenFault } from "./tokenFault.ts";

export const CALLERS = 8;
const HOUR_MS = 3_600_000;

/** One role for each caller, so that they meet at the session's lock, not at a role's. */
export async function onLockStage<T>(
  work: (stage: Stage) => Promise<T>,
  options: StageOptions = {},
): Promise<T> {
  return onStage(options, async (stage) => {
    stage.center.accounts = generateAccounts(1, CALLERS + 1);
    return await work(stage);
  });
}

export function callerOf(stage: Stage, index: number, options: Parameters<Stage["call"]>[0] = {}): Running {
  const [account] = stage.center.accounts;
  const roleName = account?.roles[index] ?? "";
  return stage.call({ accountId: account?.accountId ?? "", roleName, ...options });
}

/** Starts `CALLERS` at once. The role with the number 0 is for the holder before them. */
export function allCallers(stage: Stage, options?: Parameters<Stage["call"]>[0]): Promise<RunResult[]> {
  return Promise.all(Array.from({ length: CALLERS }, (_, index) => callerOf(stage, index + 1, options).done));
}

/** Returns the time of the slowest. */
export function expectAllServed(
  { center }: Stage,
  results: readonly RunResult[],
  mostMs: number,
  expect: Expect,
): number {
  expectServed(results, center, expect);
  const slowest = Math.max(0, ...results.map(({ ms }) => ms));
  expect(slowest <= mostMs, `the slowest took ${duration(slowest)}`);
  return slowest;
}

/** Requests to /token, by their results. `logins`: redeemed sign-ins. */
export interface Spent {
  /** Refreshes that were sent. */
  refreshes: number;
  /** Refreshes that returned a new token. */
  granted: number;
  logins: number;
  tabs: number;
}

export function spentOf({ center, browser }: Stage): Spent {
  const grants = (isGrant: (grantType: string) => boolean) =>
    center.requests.filter(
      ({ path, body }) => path === "/token" && isGrant((body as { grantType: string }).grantType),
    );
  const refreshes = grants((type) => type === "refresh_token");
  return {
    refreshes: refreshes.length,
    granted: refreshes.filter(({ status }) => status === 200).length,
    logins: grants((type) => type !== "refresh_token").length,
    tabs: browser.opened().length,
  };
}

/**
 * Checks the cost: at most so many refreshes, and exactly the other counts. Also checks that all
 * files are intact and that the next call needs no request to the OIDC service.
 */
export async function expectSpent(stage: Stage, allowed: Spent, expect: Expect): Promise<Spent> {
  const seen = spentOf(stage);
  const holds = (name: keyof Spent) =>
    name === "refreshes" ? seen[name] <= allowed[name] : seen[name] === allowed[name];
  for (const name of Object.keys(allowed) as (keyof Spent)[])
    expect(holds(name), `${name}: ${seen[name]} instead of ${allowed[name]}`);
  const fault = tokenFault(stage);
  expect(fault === undefined, `the token file: ${fault}`);
  for (const broken of brokenJson(stage.home.path)) expect(false, `does not parse: ${broken}`);
  const asked = oidcRequests(stage);
  const next = await callerOf(stage, 0, { env: { SSO_CRED_LOGIN: "never", SSO_CRED_CACHE: "off" } }).done;
  expect(
    next.code === 0 && isGoodOutput(next.stdout, stage.center),
    `next call: exit ${next.code}: ${next.stderr.trim()}`,
  );
  const askedMore = oidcRequests(stage) - asked;
  expect(askedMore === 0, `the next call sent ${askedMore} requests to OIDC`);
  return seen;
}

function oidcRequests({ center }: Stage): number {
  return center.requests.filter(({ service }) => service === "oidc").length;
}

/** The cost of one round, and the time of its slowest caller. */
export interface Round {
  spent: Spent;
  slowestMs: number;
  /** A worker had begun when its starter was killed. */
  handedOver?: boolean;
  /** Calls that ran out of time by their own clock. */
  overtaken?: number;
}

export async function each(
  rounds: number,
  expect: Expect,
  round: (expect: Expect) => Promise<Round>,
): Promise<Figures> {
  const seen: Round[] = [];
  for (let number = 0; number < rounds; number++) {
    seen.push(await round(about(`round ${number}`, expect)));
  }
  const sum = (name: keyof Spent) => seen.reduce((total, { spent }) => total + spent[name], 0);
  const handedOver = seen.filter((one) => one.handedOver).length;
  const overtaken = seen.reduce((total, one) => total + (one.overtaken ?? 0), 0);
  return {
    rounds,
    "refreshes sent": sum("refreshes"),
    answered: sum("granted"),
    logins: sum("logins"),
    tabs: sum("tabs"),
    slowest: duration(Math.max(...seen.map(({ slowestMs }) => slowestMs))),
    ...(handedOver > 0 ? { "killed after the worker's start": handedOver } : {}),
    ...(overtaken > 0 ? { "exit 7": overtaken } : {}),
  };
}

export function lockPath({ home }: Stage, kind: "token" | "login"): string {
  return join(home.path, `.aws/sso-cred/locks/${kind}-${sha1(SESSION)}`);
}

export type Dates = "as they are" | "an hour back" | "an hour ahead";

export function redate(path: string, dates: Dates): void {
  if (dates === "as they are") return;
  const date = new Date(Date.now() + (dates === "an hour ahead" ? HOUR_MS : -HOUR_MS));
  utimesSync(path, date, date);
}

/** The id of the current lock. */
export function lockId(path: string): string | undefined {
  try {
    return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")).id : undefined;
  } catch {
    return undefined;
  }
}

/** Polls without a pause, for states that last a few milliseconds. */
export function busyUntil(giveUpAt: number, holds: () => boolean = () => false): void {
  while (performance.now() < giveUpAt && !holds());
}
