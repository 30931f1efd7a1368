import { setTimeout as sleep } from "node:timers/promises";
import { processesOf } from "../support/processes.ts";

/** The ids of the running processes of this home. */
export const pidsOf = (home: string) => processesOf(home).map(({ pid }) => pid);

/** Waits until no process of that home is left. Returns the remaining ones when the time is up. */
export async function waitForProcesses(home: string, deadlineMs: number): Promise<number[]> {
  const giveUpAt = performance.now() + deadlineMs;
  for (;;) {
    const left = pidsOf(home);
    if (left.length === 0 || performance.now() > giveUpAt) return left;
    await sleep(50);
  }
}

/** Ends, one by one, the processes that a stage has started and not ended. */
export async function endProcessesOf(home: string): Promise<void> {
  for (let round = 0; round < 20; round++) {
    const left = pidsOf(home);
    if (left.length === 0) return;
    for (const pid of left) kill(pid);
    await sleep(50);
  }
}

/** False if it had already ended. */
export function kill(pid: number, signal: NodeJS.Signals = "SIGKILL"): boolean {
  // The PID of a process that could not be started: the system takes 0 and -1 for many processes.
  if (pid < 1) return false;
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
