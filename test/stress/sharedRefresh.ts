import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Found, Program } from "../interop/installation.ts";
import { openWorld, type World, whoAmI } from "../interop/world.ts";
import { isoSeconds, tokenPath } from "../support/home.ts";
import { expectUsable, loopFigures, ourLoop, type Pace, theirLoop } from "./otherTools.ts";
import type { Random } from "./random.ts";
import type { Expect, Figures } from "./report.ts";
import { ROLE, SESSION } from "./stage.ts";
import { inStandstill } from "./standstill.ts";
import { tokenFault } from "./tokenFault.ts";

export interface Others {
  boto3: Found;
  awsV1: Found;
  v2: Found;
  js: Program;
}

/**
 * So short that cached role credentials soon do not suffice for any tool, and all tools look at the
 * token.
 */
const ROLE_SECONDS = 62;
/** The time left with which our program uses a token unchanged; other tools accept less. */
const FRESH_MS = 15 * 60_000;
/**
 * The time left of a token: mostly none, sometimes enough that it may, but need not, be refreshed.
 */
const LEFT_SECONDS = [...Array(7).fill(-3600), 120];
const LONGEST_PAUSE_MS = 200;
/** The time until a token is refreshed on a busy machine. */
const REFRESHED_WITHIN_MS = 30_000;

interface Span {
  ms: number;
  /**
   * The number of refreshes that must be ours before the row ends, so that it tests our program.
   * Which tool comes first is chance.
   */
  ours: number;
  /** The limit if they are missing. */
  mostMs: number;
}

/**
 * All tools call continuously while the token expires again and again. The first one refreshes, and
 * the others find a spent refresh token. No sign-in is possible, so a lost refresh token stays
 * lost.
 */
export async function refreshing(
  others: Others,
  span: Span,
  random: Random,
  expect: Expect,
): Promise<Figures> {
  const center = { roleCredentialSeconds: ROLE_SECONDS };
  const world = await openWorld({ center, env: { SSO_CRED_LOGIN: "never" } });
  try {
    await world.signIn(-3600);
    const underWay = new Set<Promise<unknown>>();
    let isOver = false;
    const lasts = () => !isOver;
    const run: Pace["run"] = (command) => {
      const running = command();
      underWay.add(running);
      return running.finally(() => underWay.delete(running));
    };
    const theirs = (name: string, found: Found, args: string[]) =>
      "missing" in found ? [] : [theirLoop(name, () => world.client(found, args), { lasts, run }, expect)];
    const pause = () => random.between(0, LONGEST_PAUSE_MS);
    const call = (roleName: string, env = {}) =>
      ourLoop(world, { lasts, run, pause }, expect, { roleName, env });
    const loops = [
      call(ROLE),
      call("Admin"),
      call(ROLE, { SSO_CRED_CACHE: "off" }),
      call("Admin", { SSO_CRED_CACHE: "off" }),
      ...theirs("boto3", others.boto3, ["sso"]),
      ...theirs("boto3 through us", others.boto3, ["dev"]),
      ...theirs("AWS CLI v1", others.awsV1, whoAmI(world.center, "sso")),
      ...theirs("AWS CLI v2", others.v2, whoAmI(world.center, "sso")),
      ...theirs("JavaScript", others.js, ["fromSSO", "sso"]),
    ];
    const expiries = await expireAgainAndAgain(world, { ...span, underWay, random }, expect).finally(() => {
      isOver = true;
    });
    const figures = loopFigures(await Promise.all(loops));
    await expectUsable(world, expect);
    const counts = requestCounts(world);
    expect(counts.ours >= span.ours, `only ${counts.ours} refreshes were ours, not ${span.ours}`);
    expect(counts.theirs + counts.theirsRefused > 0, "no other tool sent a refresh");
    expect(counts.signIns === 0, `${counts.signIns} requests of a sign-in`);
    const tabs = world.browser.opened().length;
    expect(tabs === 0, `${tabs} tabs`);
    return {
      ...figures,
      expiries,
      "refreshes ours / theirs": `${counts.ours} / ${counts.theirs}`,
      "invalid_grant ours / theirs": `${counts.oursRefused} / ${counts.theirsRefused}`,
      "sign-ins it cost": tabs,
    };
  } finally {
    await world.close();
  }
}

/**
 * Makes the token expire once it has been refreshed and all commands of that time have ended, as a
 * token lives longer than a command. All processes are stopped meanwhile, so that the file is
 * unchanged; it must also be valid.
 */
async function expireAgainAndAgain(
  world: World,
  { ms, ours, mostMs, underWay, random }: Span & { underWay: ReadonlySet<Promise<unknown>>; random: Random },
  expect: Expect,
): Promise<number> {
  const began = performance.now();
  const isEnough = () => {
    const passedMs = performance.now() - began;
    return passedMs > mostMs || (passedMs > ms && requestCounts(world).ours >= ours);
  };
  for (let expiries = 0; ; expiries++) {
    if (!(await isRefreshed(world))) {
      expect(false, `the token file was not put right: ${tokenFault(world)}`);
      return expiries;
    }
    if (isEnough()) return expiries;
    await Promise.allSettled([...underWay]);
    await sleep(random.between(0, LONGEST_PAUSE_MS));
    await inStandstill(world.home.path, () => {
      const fault = tokenFault(world);
      expect(fault === undefined, `the token file after ${expiries} expiries: ${fault}`);
      expire(world, random.pick(LEFT_SECONDS));
    });
  }
}

async function isRefreshed(world: World): Promise<boolean> {
  for (const giveUpAt = performance.now() + REFRESHED_WITHIN_MS; performance.now() < giveUpAt; ) {
    if (lifeLeftMs(world) >= FRESH_MS) return true;
    await sleep(20);
  }
  return false;
}

/** NaN while the file is incomplete, as other tools leave it for a moment. */
function lifeLeftMs(world: World): number {
  try {
    const { expiresAt } = JSON.parse(readFileSync(join(world.home.path, tokenPath(SESSION)), "utf8"));
    return Date.parse(expiresAt) - Date.now();
  } catch {
    return Number.NaN;
  }
}

function expire({ home }: World, leftSeconds: number): void {
  const path = join(home.path, tokenPath(SESSION));
  const file = JSON.parse(readFileSync(path, "utf8"));
  const expired = { ...file, expiresAt: isoSeconds(Date.now() + leftSeconds * 1000) };
  writeFileSync(`${path}.expired`, JSON.stringify(expired), { mode: 0o600 });
  renameSync(`${path}.expired`, path);
}

function requestCounts({ center }: World) {
  const requests = center.requests.filter(({ service }) => service === "oidc");
  const isRefresh = ({ body }: { body: unknown }) =>
    (body as { grantType?: unknown } | null)?.grantType === "refresh_token";
  const refreshes = requests.filter(isRefresh);
  const count = (isOurs: boolean, isGiven: boolean) =>
    refreshes.filter(
      ({ headers, status }) =>
        (headers["user-agent"] ?? "").startsWith("sso-cred") === isOurs && (status === 200) === isGiven,
    ).length;
  return {
    ours: count(true, true),
    theirs: count(false, true),
    oursRefused: count(true, false),
    theirsRefused: count(false, false),
    signIns: requests.length - refreshes.length,
  };
}
