import { readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { rolePath, tokenPath } from "../../test/support/home.ts";
import { type Running, start } from "../../test/support/run.ts";
import { executable } from "./executable.ts";
import { ageTemporaryFiles, brokenJson, lockFiles, temporaryFiles } from "./leftovers.ts";
import { kill, waitForProcesses, workersOf } from "./processes.ts";
import type { Random } from "./random.ts";
import { ACCOUNT, isGoodOutput, jsonIn, openStage, ROLE, SESSION, type Stage } from "./stage.ts";

export type Kind = "refresh" | "login" | "write" | "init";
type Target = "caller" | "group" | "worker";

export interface Round {
  kind: Kind;
  target: Target;
  /** For the message of a fault: `round 17, kill of the worker 120 ms after …`. */
  what: string;
  /** False when the process had ended before its killer came. */
  killed: boolean;
  /** The refresh token on disk had been spent, and its successor never arrived there. */
  answerLost: boolean;
  tabs: number;
  /** Locks of the dead that the next call had no use for, and that the first one with a use took over. */
  takenOver: number;
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

/** How long an undisturbed run takes at most, roughly; moments are drawn from a little more. */
const SPAN_MS: Record<Kind, number> = { refresh: 350, write: 300, login: 900, init: 700 };
const WORKER_SPAN_MS = 600;
/** After the kill of whoever held a lock, on top of what the call itself takes (a sign-in: 2 s on a busy machine). */
const LOCK_MOST_MS = 5_000;
const CALL_MOST_MS = 8_000;
/** What a worker whose person has answered may still need. */
const WORKER_END_MS = 15_000;
const BYSTANDER = "Admin";

const REQUESTS: Record<Kind, readonly string[]> = {
  refresh: ["/token", "/federation/credentials"],
  write: ["/federation/credentials"],
  login: ["/client/register", "/authorize", "/token", "/federation/credentials"],
  init: ["/assignment/accounts", "/assignment/roles"],
};

/** Kills until `kills` of them have hit a live process. */
export async function killLane(kills: number, random: Random): Promise<LaneFigures> {
  const stage = await openStage();
  try {
    await stage.cacheRole(7200, BYSTANDER);
    const rounds: Round[] = [];
    for (let hit = 0; hit < kills && rounds.length < 2 * kills; ) {
      const round = await killOnce(stage, random, rounds.length);
      rounds.push(round);
      if (round.killed) hit++;
    }
    return { rounds, end: await lookAtTheEnd(stage) };
  } finally {
    await stage.close();
  }
}

async function killOnce(stage: Stage, random: Random, number: number): Promise<Round> {
  const kind = random.pick<Kind>(["refresh", "refresh", "login", "login", "write"]);
  const target = random.pick<Target>(
    kind === "login" ? ["caller", "group", "worker", "worker"] : ["caller", "caller", "group"],
  );
  const faults: string[] = [];
  const expect = (holds: boolean, otherwise: string) => void (holds || faults.push(otherwise));
  await prepare(stage, kind);
  const tokenBefore = fileText(stage, tokenPath(SESSION));
  const bystander = fileText(stage, rolePath(SESSION, ACCOUNT, BYSTANDER));
  const tabsBefore = stage.browser.opened().length;

  const env = kind === "login" && random.next() < 0.1 ? { SSO_CRED_LOGIN: "device" } : {};
  const running = target === "group" ? startInShell(stage, env) : stage.call({ env });
  const moment = drawMoment(random, kind, target);
  const killed = await strike(stage, running, target, moment);
  const what = `round ${number}, kill of the ${target} ${moment.text}`;
  const first = await running.done;
  if (target === "worker") expect(first.code === 0, `its caller: exit ${first.code}: ${first.stderr.trim()}`);
  if (first.code === 0) expect(isGoodOutput(first.stdout, stage.center), `bad output ${first.stdout}`);

  for (const fault of brokenJson(join(stage.home.path, ".aws"))) expect(false, `does not parse: ${fault}`);
  const answerLost = kind === "refresh" && isSpent(stage);
  if (kind === "write") expect(fileText(stage, tokenPath(SESSION)) === tokenBefore, "the token file changed");
  if (kind === "refresh") expect(fileText(stage, tokenPath(SESSION)) !== undefined, "the token file is gone");

  const next = await stage.call({ deadlineMs: 60_000 }).done;
  expect(
    next.code === 0 && isGoodOutput(next.stdout, stage.center),
    `next call: exit ${next.code}: ${next.stderr.trim()}`,
  );
  expect(next.ms < LOCK_MOST_MS + CALL_MOST_MS, `the next call took ${Math.round(next.ms)} ms`);
  const tabs = stage.browser.opened().length - tabsBefore;
  const allowed = kind === "login" ? (target === "worker" ? 2 : 1) : answerLost ? 1 : 0;
  expect(tabs <= allowed, `${tabs} tabs instead of at most ${allowed}`);
  expect(
    fileText(stage, rolePath(SESSION, ACCOUNT, BYSTANDER)) === bystander,
    "another role's credentials were lost",
  );
  // A worker whose call was served by another's answer ends on its own.
  const left = await waitForProcesses(stage.home.path, WORKER_END_MS);
  expect(left.length === 0, `still running: ${left}`);
  const takenOver = await takeOverLocks(stage, expect);
  return { kind, target, what, killed, answerLost, tabs, takenOver, nextMs: next.ms, faults };
}

/** Locks that the dead left and the next call did not need: the first one that needs them has them at once. */
async function takeOverLocks(stage: Stage, expect: (holds: boolean, otherwise: string) => void) {
  const dead = lockFiles(stage.home.path);
  if (dead.length === 0) return 0;
  await prepare(stage, dead.some((path) => /\/login-[^/]*$/.test(path)) ? "login" : "refresh");
  const { code, stderr, ms } = await stage.call({ deadlineMs: 60_000 }).done;
  expect(code === 0, `the call that takes over ${dead}: exit ${code}: ${stderr.trim()}`);
  expect(ms < LOCK_MOST_MS + CALL_MOST_MS, `taking over ${dead} took ${Math.round(ms)} ms`);
  await waitForProcesses(stage.home.path, WORKER_END_MS);
  const left = lockFiles(stage.home.path).map((path) => `${path} ${fileAt(path)}`);
  expect(left.length === 0, `locks that nobody takes over: ${left.join("; ")}`);
  return dead.length;
}

/** What each kind of run needs to do, and nothing more. */
async function prepare(stage: Stage, kind: Kind): Promise<void> {
  await rm(join(stage.home.path, rolePath(SESSION, ACCOUNT, ROLE)), { force: true });
  await rm(join(stage.home.path, tokenPath(SESSION)), { force: true });
  if (kind === "refresh") await stage.signIn(-3600);
  if (kind === "write" || kind === "init") await stage.signIn(7200);
}

function startInShell(stage: Stage, env: Record<string, string>): Running {
  const args = [executable(), SESSION, "--account-id", ACCOUNT, "--role-name", ROLE];
  const command = '"$@"; exit $?';
  return start("/bin/sh", ["-c", command, "sh", ...args], {
    home: stage.home,
    env: { ...stage.env, ...env },
  });
}

interface Moment {
  text: string;
  /** Wait for this request first; absent: count from the start (of the worker, where that is the target). */
  path?: string;
  delayMs: number;
}

function drawMoment(random: Random, kind: Kind, target: Target): Moment {
  if (random.next() < 0.5) {
    const delayMs = random.between(0, target === "worker" ? WORKER_SPAN_MS : 1.2 * SPAN_MS[kind]);
    return { text: `${delayMs.toFixed(1)} ms after its start`, delayMs };
  }
  const path = random.pick(REQUESTS[kind]);
  const delayMs = random.between(0, 40);
  return { text: `${delayMs.toFixed(1)} ms after ${path}`, path, delayMs };
}

/** Waits for the moment and kills; true when the victim was alive. */
async function strike(stage: Stage, running: Running, target: Target, moment: Moment): Promise<boolean> {
  let ended = false;
  const end = running.done.then(() => {
    ended = true;
  });
  let worker: number | undefined;
  if (target === "worker") {
    while (!ended && worker === undefined) {
      [worker] = workersOf(stage.home.path);
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

/** Resolves when the emulator takes the next request for this path. */
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

function isSpent(stage: Stage): boolean {
  const file = jsonIn(join(stage.home.path, tokenPath(SESSION)));
  const known = stage.center.state.refreshTokens.get(String(file?.refreshToken));
  return known === undefined || known.usedAt !== undefined;
}

async function lookAtTheEnd(stage: Stage): Promise<LaneFigures["end"]> {
  const faults: string[] = [];
  const { path } = stage.home;
  const processes = (await waitForProcesses(path, WORKER_END_MS)).length;
  if (processes > 0) faults.push(`${processes} processes are left`);
  const temporary = temporaryFiles(path).length;
  ageTemporaryFiles(path);
  // One sign-in and one refresh write in every folder; each writer sweeps where it writes.
  for (const kind of ["login", "refresh"] as const) {
    await prepare(stage, kind);
    const { code, stderr } = await stage.call().done;
    if (code !== 0) faults.push(`last ${kind}: exit ${code}: ${stderr.trim()}`);
  }
  await waitForProcesses(path, WORKER_END_MS);
  const swept = temporaryFiles(path);
  if (swept.length > 0) faults.push(`temp files past their time: ${swept.join(", ")}`);
  const locks = lockFiles(path);
  if (locks.length > 0) faults.push(`lock files: ${locks.join(", ")}`);
  return { temporary, temporaryAfterSweep: swept.length, processes, locks: locks.length, faults };
}

function fileText(stage: Stage, path: string): string | undefined {
  return fileAt(join(stage.home.path, path));
}

function fileAt(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
