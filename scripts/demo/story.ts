import { openBrowser } from "../../src/platform/browser.ts";
import type { RequestRecord } from "../../test/identityCenter/identityCenter.ts";
import { type Page, seconds } from "./page.ts";
import type { Stage } from "./stage.ts";

/** A condition of a successful step. */
export interface Check {
  what: string;
  expected: unknown;
  seen: unknown;
}

export interface Step {
  title: string;
  /** Performs the step, prints what it does, and returns the conditions to check. */
  act(stage: Stage, page: Page): Promise<Check[]>;
  /** The operations that Identity Center must see, each with its count, and no others. */
  sees: Readonly<Record<string, number>>;
  /** The number of browser tabs that must open, in addition to one for each Deny. */
  tabs: number;
}

/** Plays the steps in turn until one fails. Returns true if all succeeded. */
export async function tellStory(steps: readonly Step[], stage: Stage, page: Page): Promise<boolean> {
  for (const [index, step] of steps.entries()) {
    page.blank();
    page.title(`${index + 1}. ${step.title}`);
    if (!(await play(step, stage, page))) return false;
  }
  return true;
}

async function play(step: Step, stage: Stage, page: Page): Promise<boolean> {
  const [requestsBefore, tabsBefore] = [stage.center.requests.length, stage.tabs().length];
  const watch = stage.ownBrowser ? openTabs(stage, page) : undefined;
  const startedAt = performance.now();
  const checks = await step.act(stage, page).catch((error: unknown) => {
    const what = "this step";
    return [{ what, expected: "an end", seen: error instanceof Error ? error.message : String(error) }];
  });
  const ms = performance.now() - startedAt;
  watch?.stop();
  const requests = stage.center.requests.slice(requestsBefore);
  page.line(`Identity Center saw: ${inWords(requests)}`);
  const failed = [
    ...checks,
    { what: "seen by Identity Center", expected: step.sees, seen: operations(requests) },
    {
      what: "browser tabs opened",
      expected: step.tabs + denials(requests),
      seen: stage.tabs().length - tabsBefore,
    },
  ].filter(({ expected, seen }) => text(expected) !== text(seen));
  for (const { what, expected, seen } of failed) {
    page.bad(`FAILED: ${what}: expected ${text(expected)}, seen ${text(seen)}`);
  }
  if (failed.length === 0) page.good(seconds(ms));
  return failed.length === 0;
}

/** Sorts the keys of objects, so that equal objects have equal texts. */
function text(value: unknown): string {
  const isRecord = typeof value === "object" && value !== null && !Array.isArray(value);
  const sorted = isRecord ? Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)) : undefined;
  return JSON.stringify(sorted ? Object.fromEntries(sorted) : value) ?? "nothing";
}

const LOOK_MS = 100;

/** Opens the pages that the executable opens, and prints the address in case no browser appears. */
function openTabs(stage: Stage, page: Page): { stop(): void } {
  let opened = stage.tabs().length;
  const timer = setInterval(() => {
    for (const url of stage.tabs().slice(opened)) {
      opened++;
      page.line("Press Allow in your browser, or Deny. If it does not open, visit:");
      page.address(url);
      void openBrowser(url, process);
    }
  }, LOOK_MS);
  return { stop: () => clearInterval(timer) };
}

const OPERATIONS: Readonly<Record<string, string>> = {
  "/client/register": "RegisterClient",
  "/device_authorization": "StartDeviceAuthorization",
  "/token": "CreateToken",
  "/federation/credentials": "GetRoleCredentials",
  "/assignment/accounts": "ListAccounts",
  "/assignment/roles": "ListAccountRoles",
  "/logout": "Logout",
  "/": "GetCallerIdentity",
};

/** The name of an SDK's request: `CreateToken (refresh_token)`; undefined for visited pages. */
function operationOf({ path, body }: RequestRecord): string | undefined {
  const operation = OPERATIONS[path];
  const grantType = (body as { grantType?: unknown } | null)?.grantType;
  return operation === "CreateToken" ? `CreateToken (${String(grantType)})` : operation;
}

/** The number of successful requests of each operation, and of failed ones of each status. */
function operations(requests: readonly RequestRecord[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const request of requests) {
    const operation = operationOf(request);
    if (operation === undefined) continue;
    const name = request.status === 200 ? operation : `${operation}, answered ${request.status},`;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

/** Describes the requests: operations, and visits of the sign-in page. */
function inWords(requests: readonly RequestRecord[]): string {
  const visits = requests.filter(({ path, method }) => path === "/authorize" && method === "GET").length;
  const counts = {
    ...operations(requests),
    ...(visits > 0 ? { "a visit of the sign-in page": visits } : {}),
  };
  const parts = Object.entries(counts).map(([name, count]) => (count === 1 ? name : `${count} × ${name}`));
  return parts.length === 0 ? "nothing" : parts.join(", ");
}

/** How often Deny was pressed on the sign-in page. */
function denials(requests: readonly RequestRecord[]): number {
  return requests.filter(({ path, method, body }) => {
    return path === "/authorize" && method === "POST" && /deny/.test(JSON.stringify(body));
  }).length;
}
