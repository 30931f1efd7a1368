import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** PIDs whose HOME is the given temporary folder: workers that outlived their callers. */
export function processesOf(home: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid !== process.pid && environmentOf(pid).includes(`HOME=${home}`) && !isZombie(pid));
}

/** The PIDs of login workers among them. */
export function workersOf(home: string): number[] {
  return processesOf(home).filter((pid) => argumentsOf(pid).includes("--login-worker"));
}

/** The PIDs of those that refresh a token for a caller. They hold the session's lock. */
export function refreshWorkersOf(home: string): number[] {
  return processesOf(home).filter((pid) => argumentsOf(pid).includes("--refresh-worker"));
}

/** Waits until no process of that home is left. Returns the remaining ones when the time is up. */
export async function waitForProcesses(home: string, deadlineMs: number): Promise<number[]> {
  const giveUpAt = performance.now() + deadlineMs;
  for (;;) {
    const left = processesOf(home);
    if (left.length === 0 || performance.now() > giveUpAt) return left;
    await sleep(50);
  }
}

/** Ends, one by one, the processes that a stage has started and not ended. */
export async function endProcessesOf(home: string): Promise<void> {
  for (let round = 0; round < 20; round++) {
    const left = processesOf(home);
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

function environmentOf(pid: number): string[] {
  return read(`/proc/${pid}/environ`).split("\0");
}

function argumentsOf(pid: number): string[] {
  return read(`/proc/${pid}/cmdline`).split("\0");
}

function isZombie(pid: number): boolean {
  const stat = read(`/proc/${pid}/stat`);
  return stat === "" || stat.slice(stat.lastIndexOf(")") + 2).startsWith("Z");
}

function read(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}
