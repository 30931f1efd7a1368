import { join } from "node:path";
import type { IdentityCenter } from "../../test/identityCenter/identityCenter.ts";
import type { How } from "../../test/identityCenter/misbehaviour.ts";
import { tokenPath } from "../../test/support/home.ts";
import { cacheSnapshot } from "./leftovers.ts";
import type { Expect, Figures, Suite, SuiteContext } from "./report.ts";
import { duration } from "./report.ts";
import { isGoodOutput, jsonIn, openStage, SESSION, type Stage } from "./stage.ts";

type Service = "oidc" | "portal";

/** What a service does, and what the person is told when nothing valid is left. */
interface Fault {
  how: How | "down" | "tls";
  message: RegExp;
  inShortRun?: boolean;
}

const FAULTS: Record<string, Fault> = {
  "HTTP 429": { how: { kind: "status", status: 429 }, message: /is throttling \(HTTP 429\)/ },
  "HTTP 500": { how: { kind: "status", status: 500 }, message: /is out of order \(HTTP 500\)/ },
  "HTTP 503": {
    how: { kind: "status", status: 503 },
    message: /is out of order \(HTTP 503\)/,
    inShortRun: true,
  },
  "half an answer": {
    how: { kind: "half" },
    message: /closed the connection before its answer was complete/,
    inShortRun: true,
  },
  "captive portal": {
    how: { kind: "captivePortal" },
    message: /answered with a web page instead of JSON/,
    inShortRun: true,
  },
  dropped: { how: { kind: "drop" }, message: /closed the connection before its answer was complete/ },
  "black hole": {
    how: { kind: "blackHole" },
    message: /did not answer within \d+ (s|ms)/,
    inShortRun: true,
  },
  "slow drip": { how: { kind: "drip", everyMs: 500 }, message: /did not answer within \d+ (s|ms)/ },
  endless: { how: { kind: "endless" }, message: /sends an answer without end/ },
  down: { how: "down", message: /refused the connection/, inShortRun: true },
  "no TLS": { how: "tls", message: /no TLS connection to/ },
};

/** What a busy machine may add: the last of several tries was cut short by the budget. */
const OUT_OF_TIME = /did not answer within \d+ (s|ms)|no time left/;

function isRetried({ how }: Fault): boolean {
  return typeof how === "object" && ["status", "half", "drop"].includes(how.kind);
}

function isHanging({ how }: Fault): boolean {
  return typeof how === "object" && ["blackHole", "drip"].includes(how.kind);
}

const PATHS: Record<Service, RegExp> = {
  oidc: /^\/(token|client\/register)$/,
  portal: /^\/federation\/credentials$/,
};

/** CONTRACT 4.5: retries ≤ 10 s, ≤ 3 s when something valid is left; and the process has to start, on a busy machine. */
const RETRY_MS = 10_000;
const SHORT_RETRY_MS = 3_000;
/** No retry is a refresh that has been sent: its answer may hold the only refresh token, so it is waited for. */
const SENT_REFRESH_MS = 10_000;
const START_MS = 5_000;

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

/** Cases that only wait cost no processor time. */
const AT_ONCE = 10;

/** Every way a service answers badly, in every situation: exit code, words, time, no browser, nothing lost, and well again afterwards. */
export const outages: Suite = { name: "outages", title: "Outages", run };

async function run({ report, short }: SuiteContext): Promise<void> {
  const rows = (["portal", "oidc"] as const).flatMap((service) =>
    Object.entries(FAULTS)
      .filter(([, { inShortRun }]) => !short || inShortRun)
      .map(([name, fault]) => ({ service, name, fault })),
  );
  let next = 0;
  async function work(): Promise<void> {
    for (let row = rows[next++]; row; row = rows[next++]) {
      const { service, name, fault } = row;
      await report.row(`${service}: ${name}`, async (expect) => {
        const figures: Figures = {};
        for (const situation of SITUATIONS.filter(({ services }) => services.includes(service))) {
          const within: Expect = (holds, otherwise) => expect(holds, `${situation.name}: ${otherwise}`);
          figures[situation.name] = await oneCase(service, fault, situation, within);
        }
        return figures;
      });
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

async function oneCase(
  service: Service,
  fault: Fault,
  situation: Situation,
  expect: Expect,
): Promise<string> {
  const stage = await openStage({ env: { SSO_CRED_WAIT: "30" } });
  try {
    await situation.prepare(stage, service);
    const before = cacheSnapshot(stage.home.path);
    const env = await spoil(stage.center, service, fault);
    const { code, stdout, stderr, ms } = await stage.call({ env }).done;
    expect(code === situation.exit, `exit ${code} instead of ${situation.exit}: ${stderr.trim()}`);
    if (situation.exit === 0) {
      expect(isGoodOutput(stdout, stage.center), `output ${stdout.slice(0, 60)}`);
      expect(stderr === "", `stderr of a success: ${stderr.trim()}`);
    } else {
      expect(stdout === "", "something on stdout");
      expect(
        /^sso-cred: [^\n]+\n( {2}(run|open): [^\n]+\n)?$/.test(stderr),
        `shape of ${JSON.stringify(stderr)}`,
      );
      const isTold = fault.message.test(stderr) || (isRetried(fault) && OUT_OF_TIME.test(stderr));
      expect(isTold, `unexpected words: ${stderr.trim()}`);
    }
    const mostMs = service === "oidc" && isHanging(fault) ? SENT_REFRESH_MS : situation.mostMs;
    expect(ms <= mostMs + START_MS, `took ${duration(ms)}`);
    expect(stage.browser.opened().length === 0, "an outage opened a browser");
    for (const [path, text] of before) {
      expect(cacheSnapshot(stage.home.path).get(path) === text, `${path} changed`);
    }
    await recovery(stage, service, situation, expect);
    return `${code} in ${duration(ms)}`;
  } finally {
    await stage.close();
  }
}

/** The service is well again: the next call works, and asks nobody who need not be asked. */
async function recovery(stage: Stage, service: Service, { name }: Situation, expect: Expect): Promise<void> {
  stage.center.behave();
  await stage.center.comeBack(service);
  const file = jsonIn(join(stage.home.path, tokenPath(SESSION)));
  const refreshToken = stage.center.state.refreshTokens.get(String(file?.refreshToken));
  // An answer that was on its way has cost the refresh token: only a person can help.
  const needsPerson = name === "nobody signed in" || refreshToken?.usedAt !== undefined;
  const { code, stderr } = await stage.call().done;
  expect(code === 0, `afterwards: exit ${code}: ${stderr.trim()}`);
  const tabs = stage.browser.opened().length;
  expect(tabs <= (needsPerson ? 1 : 0), `afterwards: ${tabs} tabs`);
}

async function spoil(
  center: IdentityCenter,
  service: Service,
  { how }: Fault,
): Promise<Record<string, string>> {
  if (how === "down") await center.goDown(service);
  else if (how === "tls") {
    // TLS spoken to a server that knows only plain HTTP.
    const variable = service === "oidc" ? "AWS_ENDPOINT_URL_SSO_OIDC" : "AWS_ENDPOINT_URL_SSO";
    return { [variable]: center.urls[service].replace("http:", "https:") };
  } else center.misbehave({ path: PATHS[service], how });
  return {};
}
