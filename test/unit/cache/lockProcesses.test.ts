import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { withLock } from "../../../src/cache/lock.ts";
import { fakeSystem } from "../../support/fakeSystem.ts";

const CONTENDER = fileURLToPath(new URL("../../support/lockContender.ts", import.meta.url));

let folder: string;
let lock: string;
let children: ChildProcess[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lock-processes-"));
  mkdirSync(join(folder, "0"));
  lock = join(folder, "0", "lock");
  children = [];
});
afterEach(() => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

function contender(...args: string[]) {
  const child = spawn(process.execPath, ["--no-warnings", CONTENDER, "ours", ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  let said = "";
  child.stdout.on("data", (chunk) => {
    said += chunk;
  });
  const ended = once(child, "close").then(() => said);
  const says = async (word: string) => {
    while (!said.includes(word)) await Promise.race([once(child.stdout, "data"), ended.then(gone)]);
  };
  return { child, says, ended };
}

const gone = () => Promise.reject(new Error("the contender has ended"));
/** Takes the lock on `go()`, for 20 ms. */
const waiter = () => contender(folder, "1", "20");
/** Takes the lock at once and keeps it. */
const holderOfIt = () => contender(join(folder, "0"), "0", "-1");
const go = () => writeFileSync(join(folder, "0", "start"), "");

it("is held by one process at a time, and each gets its turn", async () => {
  const all = Array.from({ length: 8 }, () => waiter());
  await Promise.all(all.map(({ says }) => says("ready")));
  go();
  const said = await Promise.all(all.map(({ ended }) => ended));
  expect(said).toEqual(Array(8).fill("ready\nalone\n"));
});

it("of a killed process is taken over by one waiter after the other", async () => {
  const holder = holderOfIt();
  await holder.says("held");
  const all = Array.from({ length: 6 }, () => waiter());
  await Promise.all(all.map(({ says }) => says("ready")));
  go();
  holder.child.kill("SIGKILL");
  const said = await Promise.all(all.map(({ ended }) => ended));
  expect(said).toEqual(Array(6).fill("ready\nalone\n"));
});

it("of a stopped process is left alone, and taken over after 60 s", async () => {
  const holder = holderOfIt();
  await holder.says("held");
  holder.child.kill("SIGSTOP");
  const take = () => {
    const system = fakeSystem();
    const wait = { deadline: system.now() + 5_000, purpose: "another sso-cred" };
    return withLock(system, lock, wait, async () => "worked");
  };
  await expect(take()).rejects.toMatchObject({ kind: "unavailable" });
  const record = JSON.parse(readFileSync(lock, "utf8"));
  expect(record.pid).toBe(holder.child.pid);
  writeFileSync(lock, JSON.stringify({ ...record, uptimeSeconds: record.uptimeSeconds - 61 }));
  expect(await take()).toBe("worked");
});
