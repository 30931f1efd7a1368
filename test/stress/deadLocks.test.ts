import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { root } from "../../scripts/toolchain.mjs";
import { deadHolders } from "./deadHolders.ts";
import { hurtLocks } from "./hurtLocks.ts";
import { duration, type Expect, type Figures } from "./report.ts";
import { defineSuite } from "./suite.ts";

const CONTENDER = `${root}test/support/lockContender.ts`;
const WAITERS = 8;
const ROUNDS = 40;
const ROUNDS_SHORT = 10;
const ALL_MOST_MS = 120_000;

type Kind = "ours" | "proper";

/** Several waiters find a dead holder's lock. They may get it in turn, never two at once. */
defineSuite({
  name: "deadLocks",
  title: "Dead locks",
  async run(context) {
    const { report, short } = context;
    const rounds = short ? ROUNDS_SHORT : ROUNDS;
    await report.row(`${WAITERS} waiters at a dead lock of ours`, async (expect) => {
      const figures = await contentions("ours", rounds, expect);
      expect(figures.crowded === 0, `two holders at once in ${figures.crowded} of ${rounds} rounds`);
      return figures.figures;
    });
    await report.row(`${WAITERS} waiters at a dead lock of proper-lockfile`, async (expect) => {
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
  const folder = mkdtempSync(join(tmpdir(), "sso-cred-locks-"));
  const places = Array.from({ length: rounds }, (_, round) => join(folder, String(round)));
  try {
    const record = kind === "ours" ? await recordOfDead(folder) : "";
    for (const place of places) leaveDeadLock(kind, place, record);
    const contenders = Array.from({ length: WAITERS }, () => contender(kind, folder, String(rounds), "20"));
    const end = setTimeout(() => {
      for (const { child } of contenders) child.kill("SIGKILL");
    }, ALL_MOST_MS);
    const allSaid = (lines: number) =>
      until(() =>
        contenders.every(
          ({ output, child }) => output.text.split("\n").length > lines || child.exitCode !== null,
        ),
      );
    let slowest = 0;
    for (const [round, place] of places.entries()) {
      await allSaid(round + 1);
      const began = performance.now();
      writeFileSync(join(place, "start"), "");
      await allSaid(round + 2);
      slowest = Math.max(slowest, performance.now() - began);
    }
    await until(() => contenders.every(({ child }) => child.exitCode !== null || child.signalCode !== null));
    clearTimeout(end);
    for (const place of places) {
      const left = readdirSync(place).filter((name) => name !== "start");
      if (kind === "ours") expect(left.length === 0, `${place}: left behind: ${left}`);
    }
    const words = contenders.map(({ output }) => output.text.split("\n").slice(1, 1 + rounds));
    expect(
      words.every((said) => said.every((word) => word === "alone" || word === "crowded")),
      "a contender did not get through",
    );
    const crowded = places.filter((_, round) => words.some((said) => said[round] === "crowded")).length;
    const figures = { rounds, "two holders at once": crowded, "slowest round": duration(slowest) };
    return { crowded, figures };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
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
  const { child, output } = contender("ours", folder, "0", "-1");
  await until(() => output.text.includes("held") || child.exitCode !== null);
  const record = readFileSync(join(folder, "lock"), "utf8");
  child.kill("SIGKILL");
  await once(child, "exit");
  rmSync(join(folder, "lock"));
  return record;
}

function contender(...words: string[]): { child: ChildProcess; output: { text: string } } {
  const child = spawn(process.execPath, ["--no-warnings", CONTENDER, ...words], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const output = { text: "" };
  child.stdout?.on("data", (chunk) => {
    output.text += chunk;
  });
  return { child, output };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(5);
}
