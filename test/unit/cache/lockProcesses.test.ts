import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, it } from "vitest";
import { withLock } from "../../../src/cache/lock.ts";
import { startContender, startHolder } from "../../support/contender.ts";
import { fakeSystem } from "../../support/fakeSystem.ts";
import { temporaryFolder } from "../../support/temporary.ts";

let folder: string;
let place: string;
beforeEach(() => {
  folder = temporaryFolder();
  place = join(folder, "0");
  mkdirSync(place);
});

/**
 * Processes that each take the lock once they are all ready, for 20 ms. Returns what they print.
 */
async function contend(count: number, begin: () => unknown = () => {}): Promise<string[]> {
  const all = Array.from({ length: count }, () => startContender("ours", folder, 1, 20));
  await Promise.all(all.map(({ lines }) => lines(1)));
  writeFileSync(join(place, "start"), "");
  begin();
  return Promise.all(all.map(({ ended }) => ended));
}

it("is held by one process at a time, and each gets its turn", async () => {
  expect(await contend(8)).toEqual(Array(8).fill("ready\nalone\n"));
});

it("of a killed process is taken over by one waiter after the other", async () => {
  const holder = await startHolder("ours", place);
  expect(await contend(6, holder.kill)).toEqual(Array(6).fill("ready\nalone\n"));
});

it("of a stopped process is left alone, and taken over after 60 s", async () => {
  const holder = await startHolder("ours", place);
  const lock = join(place, "lock");
  holder.stop();
  const take = () => {
    const system = fakeSystem();
    const wait = { deadline: system.now() + 5_000, purpose: "another sso-cred" };
    return withLock(system, lock, wait, async () => "worked");
  };
  await expect(take()).rejects.toMatchObject({ kind: "unavailable" });
  const record = JSON.parse(readFileSync(lock, "utf8"));
  expect(record.pid).toBe(holder.pid);
  writeFileSync(lock, JSON.stringify({ ...record, uptimeSeconds: record.uptimeSeconds - 61 }));
  expect(await take()).toBe("worked");
});
