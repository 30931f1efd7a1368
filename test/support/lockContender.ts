import { closeSync, existsSync, openSync, rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { lock as properLock } from "proper-lockfile";
import { withLock } from "../../src/cache/lock.ts";

/**
 * A process that takes a lock and checks that no other holds it: `ours|proper FOLDER ROUNDS
 * HOLD_MS`. In round n it waits for the file FOLDER/n/start, so that all contenders begin at once,
 * takes FOLDER/n/lock, and prints `alone` or `crowded`. With a HOLD_MS of -1 it takes FOLDER/lock,
 * prints `held`, and keeps the lock until it is killed.
 */
const [kind = "", folder = "", rounds = "", holdText = "20"] = process.argv.slice(2);
const holdMs = Number(holdText);
// Ends by itself if the test that started it was killed.
setTimeout(() => process.exit(3), 150_000).unref();

async function take(lock: string, work: () => Promise<void>): Promise<void> {
  if (kind === "ours") {
    const system = { now: Date.now, sleep: (ms: number) => sleep(ms), trace: { step() {} } };
    return withLock(system, lock, { deadline: Date.now() + 60_000, purpose: "the others" }, work);
  }
  const release = await properLock(lock, {
    realpath: false,
    stale: 2_000,
    retries: { retries: 1_000, minTimeout: 20, maxTimeout: 20 },
    onCompromised: () => {},
  });
  await work();
  await release().catch(() => {});
}

async function checkAlone(marker: string): Promise<void> {
  let alone = true;
  try {
    closeSync(openSync(marker, "wx"));
  } catch {
    alone = false;
  }
  await sleep(holdMs);
  if (alone) rmSync(marker, { force: true });
  process.stdout.write(alone ? "alone\n" : "crowded\n");
}

if (holdMs < 0) {
  await take(`${folder}/lock`, async () => {
    process.stdout.write("held\n");
    await sleep(600_000);
  });
}
process.stdout.write("ready\n");
for (let round = 0; round < Number(rounds); round++) {
  const place = `${folder}/${round}`;
  while (!existsSync(`${place}/start`)) await sleep(1);
  await take(`${place}/lock`, () => checkAlone(`${place}/held`));
}
