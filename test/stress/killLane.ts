import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { rolePath, tokenPath } from "../support/home.ts";
import { workersOf } from "../support/processes.ts";
import { BINARY, type Running, start } from "../support/run.ts";
import { expectGood, expectWholeConfig, fileText, KINDS, type Kind, type Target } from "./killKinds.ts";
import { ageTemporaryFiles, brokenJson, lockFiles, temporaryFiles } from "./leftovers.ts";
import { kill, waitForProcesses } from "./processes.ts";
import type { Random } from "./random.ts";
import { about, type Expect } from "./report.ts";
import { ACCOUNT, jsonIn, onStage, SESSION, type Stage } from "./stage.ts";

export interface Round {
  kind: Kind;
  target: Target;
  /** For the message of a failure: `round 17, kill of the worker 120 ms after …`. */
  what: string;
  /** False if the process had ended before the kill. */
  killed: boolean;
  /** The refresh token on disk had been spent, and its successor was never written. */
  answerLost: boolean;
  tabs: number;
  /** Stale locks that the next call left, as a hit does, and that the call after it removed. */
  swept: number;
  nextMs: number;
  faults: string[];
}

export interface LaneFigures {
  rounds: Round[];
  end: {
    temporary: number;
    temporaryAfterSweep: number;
    processes: number;
    locks: number;
    faults: string[];
  };
}

const WORKER_SPAN_MS = 600;
/** Time after a lock holder's kill, added to the call's own (a sign-in: 2 s if busy). */
const LOCK_MOST_MS = 5_000;
const CALL_MOST_MS = 8_000;
/** The time that a worker may need after its person has responded. */
const WORKER_END_MS = 15_000;
const BYSTANDER = rolePath(SESSION, ACCOUNT, "Admin");

/** Kills processes until `kills` of them were alive when hit, or the time is up. */
export async function killLane(kills: number, mostMs: number, random: Random): Promise<LaneFigures> {
  const until = performance.now() + mostMs;
  return onStage({}, async (stage) => {
    await stage.cacheRole(7200, "Admin");
    await KINDS.init.prepare(stage);
    const { code, stderr } = await stage.start(KINDS.init.args).done;
    if (code !== 0) throw new Error(`an undisturbed init: exit ${code}: ${stderr.trim()}`);
    const config = fileText(stage, ".aws/config") ?? "";
    const rounds: Round[] = [];
    for (let hit = 0; hit < kills && performance.now() < until; ) {
      const round = await killOnce(stage, random, rounds.length, config);
      rounds.push(round);
      if (round.killed) hit++;
    }
    return { rounds, end: await lookAtTheEnd(stage) };
  });
}

async function killOnce(stage: Stage, random: Random, number: number, config: string): Promise<Round> {
  const kind = random.pick<Kind>([
    "refresh",
    "refresh",
    "refresh",
    "login",
    "login",
    "login",
    "write",
    "init",
  ]);
  const { args, targets, prepare } = KINDS[kind];
  const target = random.pick(targets);
  const faults: string[] = [];
  const expect: Expect = (holds, otherwise) => void (holds || faults.push(otherwise));
  await prepare(stage);
  const tokenBefore = fileText(stage, tokenPath(SESSION));
  const bystander = fileText(stage, BYSTANDER);
  const tabsBefore = stage.browser.opened().length;

  const env = kind === "login" && random.next() < 0.1 ? { SSO_CRED_LOGIN: "device" } : {};
  const running = target === "group" ? startInShell(stage, args, env) : stage.start(args, { env });
  const moment = drawMoment(random, kind, target);
  const killed = await strike(stage, running, target, moment);
  const what = `round ${number}, kill of the ${target} ${moment.text}`;
  const first = await running.done;
  if (target === "worker" || first.code === 0) expectGood(kind, first, stage, expect);

  for (const fault of brokenJson(join(stage.home.path, ".aws"))) expect(false, `does not parse: ${fault}`);
  const onDisk = jsonIn(join(stage.home.path, tokenPath(SESSION)))?.refreshToken;
  const tokenAfter = fileText(stage, tokenPath(SESSION));
  if (kind === "write" || kind === "init") expect(tokenAfter === tokenBefore, "the token file changed");
  if (kind === "refresh") expect(tokenAfter !== undefined, "the token file is gone");
  if (kind === "init") expectWholeConfig(stage, config, false, expect);

  const next = await stage.start(args, { deadlineMs: 60_000 }).done;
  expectGood(kind, next, stage, about("next call", expect));
  expect(next.ms < LOCK_MOST_MS + CALL_MOST_MS, `the next call took ${Math.round(next.ms)} ms`);
  if (kind === "init") expectWholeConfig(stage, config, true, expect);
  const tabs = stage.browser.opened().length - tabsBefore;
  const answerLost = kind === "refresh" && wasSpentTwice(stage, onDisk);
  const allowed = kind !== "login" ? 0 : target === "worker" ? 2 : 1;
  expect(tabs <= allowed, `${tabs} tabs instead of at most ${allowed}`);
  expect(fileText(stage, BYSTANDER) === bystander, "another role's credentials were lost");
  // A worker whose call got another one's result ends by itself.
  const left = await waitForProcesses(stage.home.path, WORKER_END_MS);
  expect(left.length === 0, `still running: ${left}`);
  const swept = await sweepLocks(stage, expect);
  return { kind, target, what, killed, answerLost, tabs, swept, nextMs: next.ms, faults };
}

/** Stale locks that the next call, a hit, left alone: the next process with a lock removes them. */
async function sweepLocks(stage: Stage, expect: Expect): Promise<number> {
  const dead = lockFiles(stage.home.path);
  if (dead.length === 0) return 0;
  await KINDS.refresh.prepare(stage);
  const { code, stderr, ms } = await stage.start(KINDS.refresh.args, { deadlineMs: 60_000 }).done;
  expect(code === 0, `the call that sweeps ${dead}: exit ${code}: ${stderr.trim()}`);
  expect(ms < LOCK_MOST_MS + CALL_MOST_MS, `sweeping ${dead} took ${Math.round(ms)} ms`);
  await waitForProcesses(stage.home.path, WORKER_END_MS);
  const left = lockFiles(stage.home.path).map((path) => `${path} ${readFileSync(path, "utf8")}`);
  expect(left.length === 0, `locks that nobody takes away: ${left.join("; ")}`);
  return dead.length;
}

function startInShell(stage: Stage, args: readonly string[], env: Record<string, string>): Running {
  return start("/bin/sh", ["-c", '"$@"; exit $?', "sh", BINARY, ...args], {
    home: stage.home,
    env: { ...stage.env, ...env },
  });
}

interface Moment {
  text: string;
  /** The request to wait for; absent: count from the start (the worker's, if it is the target). */
  path?: string;
  delayMs: number;
}

function drawMoment(random: Random, kind: Kind, target: Target): Moment {
  if (random.next() < 0.5) {
    const delayMs = random.between(0, target === "worker" ? WORKER_SPAN_MS : 1.2 * KINDS[kind].spanMs);
    return { text: `${delayMs.toFixed(1)} ms after its start`, delayMs };
  }
  const path = random.pick(KINDS[kind].requests);
  const delayMs = random.between(0, 40);
  return { text: `${delayMs.toFixed(1)} ms after ${path}`, path, delayMs };
}

/** Waits for the moment and kills. Returns true if the process was alive. */
async function strike(stage: Stage, running: Running, target: Target, moment: Moment): Promise<boolean> {
  let ended = false;
  const end = running.done.then(() => {
    ended = true;
  });
  let worker: number | undefined;
  if (target === "worker") {
    while (!ended && worker === undefined) {
      [worker] = workersOf(stage.home);
      await sleep(2);
    }
  }
  if (moment.path !== undefined) await Promise.race([requestTo(stage, moment.path), end]);
  if (!ended) await Promise.race([sleep(moment.delayMs), target === "worker" ? sleep(moment.delayMs) : end]);
  if (target === "worker") return worker !== undefined && kill(worker);
  if (ended) return false;
  if (target === "group") running.killGroup("SIGKILL");
  else running.kill("SIGKILL");
  return true;
}

/** Resolves when the emulator receives the next request for this path. */
function requestTo(stage: Stage, path: string): Promise<void> {
  const { requests } = stage.center;
  return new Promise((resolve) => {
    const push = Array.prototype.push;
    requests.push = (...records) => {
      if (records.some((record) => record.path === path)) {
        requests.push = push;
        resolve();
      }
      return push.apply(requests, records);
    };
  });
}

/** The killed run's request with this refresh token succeeded, so the next run's did not. */
function wasSpentTwice(stage: Stage, refreshToken: unknown): boolean {
  const statuses = stage.center.requests
    .filter(({ body }) => (body as { refreshToken?: unknown } | null)?.refreshToken === refreshToken)
    .map(({ status }) => status);
  return statuses.includes(200) && statuses.at(-1) === 400;
}

async function lookAtTheEnd(stage: Stage): Promise<LaneFigures["end"]> {
  const faults: string[] = [];
  const { path } = stage.home;
  const processes = (await waitForProcesses(path, WORKER_END_MS)).length;
  if (processes > 0) faults.push(`${processes} processes are left`);
  const temporary = temporaryFiles(path).length;
  ageTemporaryFiles(path);
  // Together they write in every folder; each writer removes leftovers where it writes.
  for (const kind of ["login", "refresh", "init"] as const) {
    await KINDS[kind].prepare(stage);
    const { code, stderr } = await stage.start(KINDS[kind].args).done;
    if (code !== 0) faults.push(`last ${kind}: exit ${code}: ${stderr.trim()}`);
  }
  await waitForProcesses(path, WORKER_END_MS);
  const swept = temporaryFiles(path);
  if (swept.length > 0) faults.push(`temp files past their time: ${swept.join(", ")}`);
  const locks = lockFiles(path);
  if (locks.length > 0) faults.push(`lock files: ${locks.join(", ")}`);
  return { temporary, temporaryAfterSweep: swept.length, processes, locks: locks.length, faults };
}
