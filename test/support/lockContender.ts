import { closeSync, existsSync, openSync, rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { lock as properLock } from "proper-lockfile";
import { withLock } from "../../src/cache/lock.ts";

/**
 * A process that takes a lock and looks whether it is alone: `ours|proper LOCK ROOM START [HOLD_MS]`. Waits for the file START,
 * so that all contenders come at once. Prints `alone` or `crowded`; `HOLD_MS` of -1: holds until killed.
 */
const [kind = "", lock = "", room = "", startFile = "", holdText = "20"] = process.argv.slice(2);
const holdMs = Number(holdText);

async function work(): Promise<void> {
  if (holdMs < 0) {
    process.stdout.write("held\n");
    await sleep(600_000);
  }
  let alone = true;
  try {
    closeSync(openSync(room, "wx"));
  } catch {
    alone = false;
  }
  await sleep(holdMs);
  if (alone) rmSync(room, { force: true });
  process.stdout.write(alone ? "alone\n" : "crowded\n");
}

process.stdout.write("ready\n");
while (startFile !== "" && !existsSync(startFile)) await sleep(1);
if (kind === "ours") {
  const system = { now: Date.now, sleep: (ms: number) => sleep(ms), trace: { step() {} } };
  await withLock(system, lock, { deadline: Date.now() + 60_000, purpose: "the others" }, work);
} else {
  const release = await properLock(lock, {
    realpath: false,
    stale: 2_000,
    retries: { retries: 1_000, minTimeout: 20, maxTimeout: 20 },
    onCompromised: () => {},
  });
  await work();
  await release().catch(() => {});
}
