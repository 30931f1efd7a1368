import { execFileSync, spawnSync } from "node:child_process";
import nodeFs, {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { lock as properLock } from "proper-lockfile";
import { describe, expect, it } from "vitest";
import { withLock } from "../../../src/cache/lock.ts";
import { startContender, startHolder } from "../../support/contender.ts";
import { fakeSystem } from "../../support/fakeSystem.ts";
import { temporaryFolder } from "../../support/temporary.ts";

// The holder of a lock, with each of the five faults. Their cost for the service and the person is
// counted with the program itself: test/stress/deadHolders.ts, hurtLocks.ts, takenOver.ts.
const HOUR_MS = 3_600_000;

/** A lock of either kind, whose holder has just been killed. */
async function killedHolder(kind: "ours" | "proper", folder = temporaryFolder()): Promise<string> {
  await (await startHolder(kind, folder)).kill();
  return join(folder, "lock");
}

function take(lock: string, work: () => Promise<void> = async () => {}) {
  const system = fakeSystem();
  const wait = { deadline: system.now() + 30_000, purpose: "somebody else" };
  return withLock(system, lock, wait, work).then(() => system.slept);
}

const immediately = (lock: string) => properLock(lock, { realpath: false, stale: 2_000, retries: 0 });

describe("a killed holder", () => {
  it("blocks other users of proper-lockfile until its lock has aged", async () => {
    const lock = await killedHolder("proper");
    await expect(immediately(lock)).rejects.toMatchObject({ code: "ELOCKED" });
  });

  it("delays nobody here: its lock is taken over at the first attempt", async () => {
    const lock = await killedHolder("ours");
    expect(existsSync(lock)).toBe(true);
    expect(await take(lock)).toEqual([]);
    expect(existsSync(lock)).toBe(false);
  });
});

describe("several waiters for a stale lock", () => {
  it("hold proper-lockfile's lock at once, if one checks before and removes after another has taken it", async () => {
    const lock = join(temporaryFolder(), "lock");
    mkdirSync(`${lock}.lock`);
    utimesSync(`${lock}.lock`, new Date(0), new Date(0));
    let release: () => void = () => {};
    const firstHolds = new Promise<void>((resolve) => {
      release = resolve;
    });
    // The second waiter's removal is late, as on a busy machine.
    const slowFs = {
      ...nodeFs,
      rmdir: (path: string, done: (error: Error | null) => void) =>
        void firstHolds.then(() => nodeFs.rmdir(path, done)),
    };
    const options = { realpath: false, stale: 2_000, retries: 0, onCompromised: () => {} };
    const second = properLock(lock, { ...options, fs: slowFs });
    const releaseFirst = await properLock(lock, options);
    release();
    const releaseSecond = await second;
    expect(releaseSecond, "the second holds it, and the first has not released it").toBeTypeOf("function");
    await releaseFirst().catch(() => {});
    await releaseSecond().catch(() => {});
  });

  it("hold our lock one after the other", async () => {
    const path = temporaryFolder();
    const rounds = 3;
    for (let round = 0; round < rounds; round++) {
      mkdirSync(join(path, String(round)));
      await killedHolder("ours", join(path, String(round)));
    }
    const all = Array.from({ length: 8 }, () => startContender("ours", path, rounds, 20));
    for (let round = 0; round < rounds; round++) {
      await Promise.all(all.map(({ lines }) => lines(round + 1)));
      writeFileSync(join(path, String(round), "start"), "");
    }
    expect(await Promise.all(all.map(({ ended }) => ended))).toEqual(
      Array(8).fill(`ready\n${"alone\n".repeat(rounds)}`),
    );
    for (let round = 0; round < rounds; round++) {
      expect(readdirSync(join(path, String(round)))).toEqual(["start"]);
    }
  });
});

describe("a holder whose lock was taken over while it slept", () => {
  it("deletes the new holder's lock of proper-lockfile when it wakes up and releases", async () => {
    const lock = join(temporaryFolder(), "lock");
    const release = await properLock(lock, { realpath: false, onCompromised: () => {} });
    rmdirSync(`${lock}.lock`);
    mkdirSync(`${lock}.lock`);
    await release();
    expect(existsSync(`${lock}.lock`)).toBe(false);
  });

  it("leaves the new holder's lock alone here", async () => {
    const lock = join(temporaryFolder(), "lock");
    let others = "";
    await take(lock, async () => {
      others = readFileSync(lock, "utf8").replace(/"id":"[^"]*"/, '"id":"another"');
      rmSync(lock);
      writeFileSync(lock, others);
    });
    expect(readFileSync(lock, "utf8")).toBe(others);
  });
});

describe("a lock that vanishes while it is held", () => {
  it("ends the process with proper-lockfile's defaults", () => {
    const lock = join(temporaryFolder(), "lock");
    const script = `
      const { lock } = require("proper-lockfile");
      const path = ${JSON.stringify(lock)};
      lock(path, { realpath: false, stale: 2000, update: 1000 }).then(() => {
        require("node:fs").rmdirSync(path + ".lock");
        setTimeout(() => process.exit(0), 5000);
      });`;
    const { status, stderr } = spawnSync(process.execPath, ["-e", script], {
      encoding: "utf8",
      cwd: fileURLToPath(new URL("../../..", import.meta.url)),
    });
    expect(status).toBe(1);
    expect(stderr).toContain("ECOMPROMISED");
  });

  it("causes no error here", async () => {
    const lock = join(temporaryFolder(), "lock");
    let done = false;
    await take(lock, async () => {
      rmSync(lock);
      done = true;
    });
    expect(done).toBe(true);
    expect(await take(lock)).toEqual([]);
  });
});

describe("a dead holder's lock from the future, after the clock was set back", () => {
  const later = new Date(Date.now() + HOUR_MS);

  it("never becomes stale with proper-lockfile", async () => {
    const lock = join(temporaryFolder(), "lock");
    mkdirSync(`${lock}.lock`);
    utimesSync(`${lock}.lock`, later, later);
    await expect(immediately(lock)).rejects.toMatchObject({ code: "ELOCKED" });
    // Not even after more than the limit: its age is negative for an hour.
    expect(Date.now() - statSync(`${lock}.lock`).mtimeMs).toBeLessThan(0);
  });

  it("is taken over at the first attempt here", async () => {
    const lock = await killedHolder("ours");
    utimesSync(lock, later, later);
    expect(await take(lock)).toEqual([]);
  });

  it("is taken over here even if it names no holder", async () => {
    const lock = join(temporaryFolder(), "lock");
    writeFileSync(lock, "");
    utimesSync(lock, later, later);
    expect(await take(lock)).toEqual([]);
  });
});

it("the leftovers of a process that was killed while it removed a lock are removed after a minute", async () => {
  const path = temporaryFolder();
  const lock = join(path, "lock");
  const guardName = guardOf(path, lock);
  const guard = join(path, guardName);
  writeFileSync(guard, "{}");
  const old = new Date(Date.now() - 61_000);
  utimesSync(guard, old, old);
  await take(lock);
  expect(readdirSync(path)).toEqual([]);
});

/** The name of the file that guards the removal of a lock, found by watching a removal. */
function guardOf(path: string, lock: string): string {
  const script = `
    import fs from "node:fs";
    import { syncBuiltinESMExports } from "node:module";
    const made = [];
    const { linkSync } = fs;
    fs.linkSync = (from, to) => { made.push(to); linkSync(from, to); };
    syncBuiltinESMExports();
    const { withLock } = await import(${JSON.stringify(new URL("../../../src/cache/lock.ts", import.meta.url).href)});
    const system = { now: Date.now, sleep: async () => {}, trace: { step() {} } };
    await withLock(system, ${JSON.stringify(lock)}, { deadline: Date.now(), purpose: "nobody" }, async () => {});
    console.log(made.at(-1));`;
  const output = execFileSync(process.execPath, ["--no-warnings", "--input-type=module", "-e", script], {
    encoding: "utf8",
  });
  return output.trim().slice(path.length + 1);
}
