import { expect, it } from "vitest";
import { FUZZ_TIMEOUT, fc, runs } from "../support/fuzzing.ts";
import { sha1 } from "../support/home.ts";
import { ASSIGNMENT } from "../support/signedIn.ts";
import { MAIN_JOB, type SignInWorld, signInWorld } from "../support/signInWorld.ts";

/*
 * Random walks through all that can happen to the sign-in of one session. The model is one small
 * state; the program keeps it in several files, which may never disagree with it.
 */

type Person = "allows" | "denies" | "is away";
type Step =
  | { do: "call"; callers: number; person: Person; portal: "accepts" | "refuses" }
  | { do: "login"; person: Person }
  | { do: "logout" }
  | { do: "wait"; seconds: number };

interface Model {
  hasToken: boolean;
  /** The last sign-in, if it failed, and how many did so in a row. */
  failed?: { end: "unanswered" | "failed" | "refused"; at: number; count: number } | undefined;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const SAME_FAILURE = 10 * SECOND;
const BACKOFF = `.aws/sso-cred/backoff/${sha1("corp")}.json`;
const UNAUTHORIZED = { message: "Session token not found or invalid", __type: "x#UnauthorizedException" };
/** Longer than a call takes, so that model and program look at the same side of each limit. */
const CLEARANCE = 5 * SECOND;

const person = fc.constantFrom<Person>("allows", "denies", "is away");
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("call" as const),
      callers: fc.constantFrom(1, 1, 3),
      person,
      portal: fc.constantFrom("accepts" as const, "refuses" as const),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("wait" as const), seconds: fc.constantFrom(30, 1800, 15_000) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("login" as const), person }) },
  { weight: 1, arbitrary: fc.constant({ do: "logout" as const }) },
);

const backoffMs = (count: number) => Math.min(15 * MINUTE * 2 ** (count - 1), 240 * MINUTE);

/** What a call does now: the exit code without a tab, or undefined if it opens one. */
function silentExit({ hasToken, failed }: Model, portal: string, now: number): number | undefined {
  if (hasToken && portal === "accepts") return 0;
  if (!failed) return undefined;
  if (failed.end !== "unanswered" && now - failed.at < SAME_FAILURE) return 5;
  return now < failed.at + backoffMs(failed.count) ? 4 : undefined;
}

async function walk(steps: readonly Step[]): Promise<void> {
  const world = await signInWorld({
    env: { SSO_CRED_LOGIN: "device", SSO_CRED_CACHE: "off", SSO_CRED_WAIT: "200" },
    center: { deviceSeconds: 60, accessTokenSeconds: 90 * 86_400, sessionSeconds: 90 * 86_400 },
  });
  // File times come from the real clock, so that no token looks newer than a failure.
  world.clock.advance(86_400 * SECOND);
  const model: Model = { hasToken: false };
  for (const one of steps) await take(one, model, world);
}

async function take(one: Step, model: Model, world: SignInWorld): Promise<void> {
  const { center, clock, call, home } = world;
  if (one.do === "wait") return clock.advance(one.seconds * SECOND);
  if (one.do === "logout") {
    expect((await call(["logout", "corp"])).code).toBe(0);
    model.hasToken = false;
    model.failed = undefined;
    return expectSame(model, world);
  }
  const isCall = one.do === "call";
  center.state.settings.consent = ({ allows: "auto", denies: "deny", "is away": "never" } as const)[
    one.person
  ];
  center.behave();
  if (isCall && one.portal === "refuses")
    center.misbehave({ path: ASSIGNMENT, how: { kind: "status", status: 401, body: UNAUTHORIZED } });
  const { failed } = model;
  const limits = failed ? [failed.at + SAME_FAILURE, failed.at + backoffMs(failed.count)] : [];
  for (const limit of limits)
    if (limit > clock.now() && limit - clock.now() < CLEARANCE) clock.advance(CLEARANCE);
  const tabsBefore = world.opened().length;
  const silent = isCall ? silentExit(model, one.portal, clock.now()) : undefined;

  const args = isCall ? MAIN_JOB : ["login", "corp"];
  const codes = (await Promise.all(Array.from({ length: isCall ? one.callers : 1 }, () => call(args)))).map(
    ({ code }) => code,
  );
  await world.settled();

  const tabs = world.opened().length - tabsBefore;
  if (silent !== undefined) {
    expect({ one, codes: new Set(codes), tabs }).toEqual({ one, codes: new Set([silent]), tabs: 0 });
    if (silent === 0) model.failed = undefined;
    return expectSame(model, world);
  }
  if (!isCall) model.failed = undefined;
  const isRefused = isCall && one.portal === "refuses";
  const isGood = one.person === "allows" && !isRefused;
  expect({ one, codes: new Set(codes), tabs }).toEqual({ one, codes: new Set([isGood ? 0 : 5]), tabs: 1 });
  if (one.person === "allows") model.hasToken = true;
  const end = one.person === "is away" ? "unanswered" : one.person === "denies" ? "failed" : "refused";
  const at = isGood ? 0 : Number((await home.readJson(BACKOFF)).at);
  model.failed = isGood ? undefined : { end, at, count: (model.failed?.count ?? 0) + 1 };
  await expectSame(model, world);
}

/** The files say what the model says. */
async function expectSame({ hasToken, failed }: Model, { home, pending }: SignInWorld): Promise<void> {
  expect(await home.exists(`.aws/sso/cache/${sha1("corp")}.json`)).toBe(hasToken);
  const record = (await home.exists(BACKOFF)) ? await home.readJson(BACKOFF) : undefined;
  expect(record && { end: record.end, count: record.count, until: record.until }).toEqual(
    failed && { end: failed.end, count: failed.count, until: failed.at + backoffMs(failed.count) },
  );
  expect([undefined, "failed"]).toContain((await pending())?.state);
}

it(
  "however a sign-in is called for, answered, refused and ended, its files agree, and no tab is one too many",
  FUZZ_TIMEOUT,
  async () => {
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 12 }), walk), runs(8));
  },
);
