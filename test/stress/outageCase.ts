import { join } from "node:path";
import { tokenPath } from "../support/home.ts";
import { isFailureText } from "./cases.ts";
import { cacheSnapshot } from "./leftovers.ts";
import type { Expect, Figures } from "./report.ts";
import { duration } from "./report.ts";
import { type CallOptions, isGoodOutput, jsonIn, SESSION, type Stage } from "./stage.ts";

export type Service = "oidc" | "portal";

export const ENDPOINT_VARIABLE: Readonly<Record<Service, string>> = {
  oidc: "AWS_ENDPOINT_URL_SSO_OIDC",
  portal: "AWS_ENDPOINT_URL_SSO",
};

/** What keeps a service from answering, and what the person is told when nothing valid is left. */
export interface Trouble {
  message: RegExp;
  open(): Promise<Stage>;
  /** Answers what the troubled call needs beside its usual options. */
  begin(stage: Stage, service: Service): Promise<CallOptions>;
  end(stage: Stage, service: Service): Promise<void>;
  /** Tried again by the program: on a busy machine the last of the tries may be cut short by the budget. */
  isRetried?: boolean;
  /** The request reaches the service, and then hangs. */
  takesRequests?: boolean;
}

/** CONTRACT 4.5: retries ≤ 10 s, ≤ 3 s when something valid is left; and the process has to start, on a busy machine. */
const RETRY_MS = 10_000;
const SHORT_RETRY_MS = 3_000;
/** No retry is a refresh that has been sent: its answer may hold the only refresh token, so it is waited for. */
const SENT_REFRESH_MS = 10_000;
const START_MS = 5_000;

const OUT_OF_TIME = /did not answer within \d+ (s|ms)|no time left/;

/** What the person has, what is expected of the run, and for which services it says something. */
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

/** One service in trouble, in every situation that concerns it, all at once: exit code, words, time, no browser, nothing lost, and well again afterwards. */
export async function inEverySituation(service: Service, trouble: Trouble, expect: Expect): Promise<Figures> {
  const cases = SITUATIONS.filter(({ services }) => services.includes(service)).map(async (situation) => {
    const within: Expect = (holds, otherwise) => expect(holds, `${situation.name}: ${otherwise}`);
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

/** As messages name it. */
export function hostOf({ env }: Stage, service: Service): string {
  return new URL(env[ENDPOINT_VARIABLE[service]] ?? "").host;
}

/** All is well again: the next call works, and asks nobody who need not be asked. */
async function recovery(stage: Stage, { name }: Situation, expect: Expect): Promise<void> {
  const file = jsonIn(join(stage.home.path, tokenPath(SESSION)));
  const refreshToken = stage.center.state.refreshTokens.get(String(file?.refreshToken));
  // An answer that was on its way has cost the refresh token: only a person can help.
  const needsPerson = name === "nobody signed in" || refreshToken?.usedAt !== undefined;
  const { code, stderr } = await stage.call().done;
  expect(code === 0, `afterwards: exit ${code}: ${stderr.trim()}`);
  const tabs = stage.browser.opened().length;
  expect(tabs <= (needsPerson ? 1 : 0), `afterwards: ${tabs} tabs`);
}

/** Rows that mostly wait cost little processor time: so many at once, in order. */
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
