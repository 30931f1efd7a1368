import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { uptime } from "node:os";
import { dirname, join } from "node:path";
import { beforeEach } from "vitest";
import { withLock } from "../../../src/cache/lock.ts";
import { identifyProcess } from "../../../src/platform/processIdentity.ts";
import { fakeSystem } from "../../support/fakeSystem.ts";
import { temporaryFolder } from "../../support/temporary.ts";

/** A new folder for each test, and a lock in it. */
export let root: string;
export let lock: string;
beforeEach(() => {
  root = temporaryFolder();
  lock = join(root, "locks", "role-1");
  mkdirSync(dirname(lock));
});

export const MINUTE_MS = 60_000;

/** Waits at most 10 s of the fake clock. Returns what `work` returns, or fails as `withLock`. */
export async function take(
  path = lock,
  work = async () => "worked",
  pollWhileWaiting?: () => string | undefined,
) {
  const system = fakeSystem();
  const wait = {
    deadline: system.now() + 10_000,
    purpose: "another sso-cred",
    ...(pollWhileWaiting ? { pollWhileWaiting } : {}),
  };
  return withLock(system, path, wait, work);
}

/** Writes a lock of this process; `changes` make it another process's. */
export const hold = (changes: object, id = "theirs") =>
  writeFileSync(lock, JSON.stringify({ format: 1, id, ...identifyProcess(), ...changes }));

export const age = (ms: number, path = lock) => {
  const seconds = (Date.now() - ms) / 1000;
  utimesSync(path, seconds, seconds);
};

export const heldBefore = (ms: number) => ({ uptimeSeconds: Math.floor(uptime() - ms / 1000) });
