import { mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startContender, startHolder } from "../support/contender.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { deadHolders } from "./deadHolders.ts";
import { hurtLocks } from "./hurtLocks.ts";
import { duration, type Expect, type Figures } from "./report.ts";
import { defineSuite } from "./suite.ts";

const WAITERS = 8;
const ROUNDS = 40;
const ROUNDS_SHORT = 10;

type Kind = "ours" | "proper";

/** Several waiters find a dead holder's lock. They may get it in turn, never two at once. */
defineSuite({
  name: "staleLocks",
  title: "Stale locks",
  async run(context) {
    const { report, short } = context;
    const rounds = short ? ROUNDS_SHORT : ROUNDS;
    await report.row(`${WAITERS} waiters at a stale lock of ours`, async (expect) => {
      const figures = await contentions("ours", rounds, expect);
      expect(figures.crowded === 0, `two holders at once in ${figures.crowded} of ${rounds} rounds`);
      return figures.figures;
    });
    await report.row(`${WAITERS} waiters at a stale lock of proper-lockfile`, async (expect) => {
      const { figures } = await contentions("proper", rounds, expect);
      return figures;
    });
    await deadHolders(context);
    await hurtLocks(context);
    report.note(
      "proper-lockfile is here for comparison only; the program does not use it (docs/decisions.md).",
    );
  },
});

async function contentions(
  kind: Kind,
  rounds: number,
  expect: Expect,
): Promise<{ crowded: number; figures: Figures }> {
  const folder = temporaryFolder();
  const places = Array.from({ length: rounds }, (_, round) => join(folder, String(round)));
  const record = kind === "ours" ? await recordOfDead(folder) : "";
  for (const place of places) leaveDeadLock(kind, place, record);
  const contenders = Array.from({ length: WAITERS }, () => startContender(kind, folder, rounds, 20));
  const allSaid = (count: number) => Promise.all(contenders.map(({ lines }) => lines(count)));
  let slowest = 0;
  for (const [round, place] of places.entries()) {
    await allSaid(round + 1);
    const began = performance.now();
    writeFileSync(join(place, "start"), "");
    await allSaid(round + 2);
    slowest = Math.max(slowest, performance.now() - began);
  }
  const outputs = await Promise.all(contenders.map(({ ended }) => ended));
  for (const place of places) {
    const left = readdirSync(place).filter((name) => name !== "start");
    if (kind === "ours") expect(left.length === 0, `${place}: left behind: ${left}`);
  }
  const words = outputs.map((output) => output.split("\n").slice(1));
  const crowded = places.filter((_, round) => words.some((said) => said[round] === "crowded")).length;
  const figures = { rounds, "two holders at once": crowded, "slowest round": duration(slowest) };
  return { crowded, figures };
}

function leaveDeadLock(kind: Kind, place: string, record: string): void {
  mkdirSync(place);
  if (kind === "ours") {
    writeFileSync(join(place, "lock"), record);
    return;
  }
  mkdirSync(join(place, "lock.lock"));
  utimesSync(join(place, "lock.lock"), new Date(0), new Date(0));
}

async function recordOfDead(folder: string): Promise<string> {
  const holder = await startHolder("ours", folder);
  const record = readFileSync(join(folder, "lock"), "utf8");
  await holder.kill();
  rmSync(join(folder, "lock"));
  return record;
}
