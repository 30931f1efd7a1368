import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { kill, pidsOf } from "./processes.ts";

/**
 * Most processes stop at once. A process whose child was stopped between vfork and exec waits for
 * that child and does not stop.
 */
const STOPS_WITHIN_MS = 200;
const TRIES = 50;

/** Twice, for processes started in between. A stopped process starts none. */
export function signalAll(home: string, signal: "SIGSTOP" | "SIGCONT"): void {
  for (let round = 0; round < 2; round++) for (const pid of pidsOf(home)) kill(pid, signal);
}

/** Runs `work` while all processes of that home are stopped. `work` must not start one. */
export async function inStandstill<T>(home: string, work: () => T): Promise<T> {
  for (let tries = 0; tries < TRIES; tries++) {
    signalAll(home, "SIGSTOP");
    try {
      if (await areAllStopped(home)) return work();
    } finally {
      signalAll(home, "SIGCONT");
    }
    await sleep(20);
  }
  throw new Error("a process does not stop");
}

async function areAllStopped(home: string): Promise<boolean> {
  for (const giveUpAt = performance.now() + STOPS_WITHIN_MS; !pidsOf(home).every(isStopped); ) {
    if (performance.now() > giveUpAt) return false;
    await sleep(1);
  }
  return true;
}

function isStopped(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return /^[tTZX]/.test(stat.slice(stat.lastIndexOf(")") + 2));
  } catch {
    return true; // The process has ended.
  }
}
