import { join } from "node:path";
import { tokenPath } from "../support/home.ts";
import { isFailureText } from "./cases.ts";
import { cacheSnapshot } from "./leftovers.ts";
import type { Expect, Figures } from "./report.ts";
import { about, duration } from "./report.ts";
import { type CallOptions, isGoodOutput, jsonIn, SESSION, type Stage } from "./stage.ts";

export type Service = "oidc" | "portal";

export const ENDPOINT_VARIABLE: Readonly<Record<Service, string>> = {
  oidc: "AWS_ENDPOINT_URL_SSO_OIDC",
  portal: "AWS_ENDPOINT_URL_SSO",
};

/** A fault of a service, and the message if nothing valid is left. */
export interface Trouble {
  message: RegExp;
  open(): Promise<Stage>;
  /** Returns additional options for the affected call. */
  begin(stage: Stage, service: Service): Promise<CallOptions>;
  end(stage: Stage, service: Service): Promise<void>;
  /** The program retries. On a busy machine, the budget may cut the last attempt short. */
  isRetried?: boolean;
  /** The request reaches the service, and then hangs. */
  takesRequests?: boolean;
}

/** Retries take ≤ 10 s, ≤ 3 s if something valid is left; a busy machine starts us later. */
const RETRY_MS = 10_000;
const SHORT_RETRY_MS = 3_000;
/** A refresh is not retried: its response may hold the only refresh token, so it is awaited. */
const SENT_REFRESH_MS = 30_000;
const START_MS = 5_000;

const OUT_OF_TIME = /did not answer within \d+ (s|ms)|no time left/;

/** The cached state, the expected end of the run, and the services that it applies to. */
interface Situation {
  name: string;
  services: readonly Service[];
  prepare(stage: Stage, service: Service): Promise<unknown>;
  exit: 0 | 7;
  mostMs: number;
}

const SITUATIONS: readonly Situation[] = [
  {
    name: "nothing valid",
    services: ["portal", "oidc"],
    prepare: (stage, service) => stage.signIn(service === "oidc" ? -600 : 7200),
    exit: 7,
    mostMs: RETRY_MS,
  },
  {
    name: "credentials live",
    services: ["portal", "oidc"],
    async prepare(stage, service) {
      await stage.signIn(service === "oidc" ? -600 : 7200);
      await stage.cacheRole(600);
    },
    exit: 0,
    mostMs: SHORT_RETRY_MS,
  },
  {
    name: "token lives",
    services: ["oidc"],
    prepare: (stage) => stage.signIn(300),
    exit: 0,
    mostMs: SHORT_RETRY_MS,
  },
  {
    name: "nobody signed in",
    services: ["oidc"],
    prepare: async () => {},
    exit: 7,
    mostMs: RETRY_MS,
  },
];

/**
 * One service fails, in every situation that it affects. Checks exit code, message, time, that no
 * browser opens, that nothing is lost, and that the next call works.
 */
export async function inEverySituation(service: Service, trouble: Trouble, expect: Expect): Promise<Figures> {
  const cases = SITUATIONS.filter(({ services }) => services.includes(service)).map(async (situation) => {
    const within = about(situation.name, expect);
    return [situation.name, await oneCase(service, trouble, situation, within)] as const;
  });
  return Object.fromEntries(await Promise.all(cases));
}

async function oneCase(
  service: Service,
  trouble: Trouble,
  situation: Situation,
  expect: Expect,
): Promise<string> {
  const stage = await trouble.open();
  try {
    await situation.prepare(stage, service);
    const before = cacheSnapshot(stage.home.path);
    const options = await trouble.begin(stage, service);
    const { code, stdout, stderr, ms } = await stage.call(options).done;
    expect(code === situation.exit, `exit ${code} instead of ${situation.exit}: ${stderr.trim()}`);
    if (situation.exit === 0) {
      expect(isGoodOutput(stdout, stage.center), `output ${stdout.slice(0, 60)}`);
      expect(stderr === "", `stderr of a success: ${stderr.trim()}`);
    } else {
      expect(stdout === "", "something on stdout");
      expect(isFailureText(stderr), `shape of ${JSON.stringify(stderr)}`);
      const isTold = trouble.message.test(stderr) || (trouble.isRetried && OUT_OF_TIME.test(stderr));
      expect(isTold === true, `unexpected words: ${stderr.trim()}`);
      expect(stderr.includes(hostOf(stage, service)), `the host is not named: ${stderr.trim()}`);
    }
    const mostMs = service === "oidc" && trouble.takesRequests ? SENT_REFRESH_MS : situation.mostMs;
    expect(ms <= mostMs + START_MS, `took ${duration(ms)}`);
    expect(stage.browser.opened().length === 0, "an outage opened a browser");
    for (const [path, text] of before) {
      expect(cacheSnapshot(stage.home.path).get(path) === text, `${path} changed`);
    }
    await trouble.end(stage, service);
    await recovery(stage, situation, expect);
    return `${code} in ${duration(ms)}`;
  } finally {
    await stage.close();
  }
}

/** The name in messages. */
export function hostOf({ env }: Stage, service: Service): string {
  return new URL(env[ENDPOINT_VARIABLE[service]] ?? "").host;
}

/** The fault is over: the next call works, and asks a person only if that is necessary. */
async function recovery(stage: Stage, { name }: Situation, expect: Expect): Promise<void> {
  const file = jsonIn(join(stage.home.path, tokenPath(SESSION)));
  const refreshToken = stage.center.state.refreshTokens.get(String(file?.refreshToken));
  // The response on its way held the only refresh token, so a person has to sign in.
  const needsPerson = name === "nobody signed in" || refreshToken?.usedAt !== undefined;
  const { code, stderr } = await stage.call().done;
  expect(code === 0, `afterwards: exit ${code}: ${stderr.trim()}`);
  const tabs = stage.browser.opened().length;
  expect(tabs <= (needsPerson ? 1 : 0), `afterwards: ${tabs} tabs`);
}

/** Rows that mostly wait need little processor time, so some run at once, in order. */
export async function manyAtOnce<T>(
  rows: readonly T[],
  most: number,
  work: (row: T) => Promise<void>,
): Promise<void> {
  let next = 0;
  async function go(): Promise<void> {
    for (let row = rows[next++]; row; row = rows[next++]) await work(row);
  }
  await Promise.all(Array.from({ length: most }, go));
}
