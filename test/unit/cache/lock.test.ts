import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { withLock } from "../../../src/cache/lock.ts";
import { prepareReplacement, replaceFile } from "../../../src/cache/replaceFile.ts";
import { NICETIES, REFUSALS, runInChild } from "../../support/child.ts";
import { fakeSystem } from "../../support/fakeSystem.ts";
import { canTrace } from "../../support/systemCalls.ts";
import { age, heldBefore, hold, lock, MINUTE_MS, root, take } from "./lockFile.ts";

describe("a lock", () => {
  it("exists while the work runs, names its holder, and is gone afterwards", async () => {
    const seen = await take(lock, async () => {
      const { mode } = statSync(lock);
      return JSON.stringify([
        readdirSync(dirname(lock)),
        (mode & 0o777).toString(8),
        JSON.parse(readFileSync(lock, "utf8")).pid,
      ]);
    });
    expect(JSON.parse(seen)).toEqual([["role-1"], "600", process.pid]);
    expect(readdirSync(dirname(lock))).toEqual([]);
  });

  it("is removed after a failure, which is passed on", async () => {
    const failing = async () => Promise.reject(new Error("the work failed"));
    await expect(take(lock, failing)).rejects.toThrow("the work failed");
    expect(existsSync(lock)).toBe(false);
  });

  it("has its folder created, 0700", async () => {
    rmSync(dirname(lock), { recursive: true });
    expect(await take()).toBe("worked");
    expect((statSync(dirname(lock)).mode & 0o777).toString(8)).toBe("700");
  });

  it("excludes callers of the same process, and leaves other locks alone", async () => {
    const running = new Set<string>();
    let most = 0;
    const system = fakeSystem();
    const wait = { deadline: system.now() + MINUTE_MS, purpose: "another" };
    const work = (name: string) => async () => {
      running.add(name);
      most = Math.max(most, [...running].filter((other) => other.startsWith("same")).length);
      await system.sleep(10);
      running.delete(name);
    };
    const same = Array.from({ length: 8 }, (_, i) => withLock(system, lock, wait, work(`same-${i}`)));
    await Promise.all([...same, withLock(system, `${lock}-other`, wait, work("other"))]);
    expect(most).toBe(1);
  });

  it("is not waited for once the result is there without it", async () => {
    hold({});
    let looks = 0;
    const pollWhileWaiting = () => (++looks === 3 ? "found" : undefined);
    expect(await take(lock, undefined, pollWhileWaiting)).toBe("found");
    expect(existsSync(lock)).toBe(true);
  });
});

describe("a lock of a live process", () => {
  it("is waited for until the deadline; then the error names purpose, holder and file", async () => {
    hold({});
    await expect(take()).rejects.toMatchObject({
      kind: "unavailable",
      message: `waited too long for another sso-cred (process ${process.pid}); lock: ${lock}`,
    });
    expect(JSON.parse(readFileSync(lock, "utf8")).id).toBe("theirs");
  });

  it("is left alone for 60 s, whatever the wall clock says", async () => {
    hold(heldBefore(MINUTE_MS - 20_000));
    age(24 * 60 * MINUTE_MS);
    await expect(take()).rejects.toMatchObject({ kind: "unavailable" });
  });

  it("is taken over after 60 s, and not removed by its first holder afterwards", async () => {
    const first = await take(lock, async () => {
      hold({ ...heldBefore(MINUTE_MS + 5_000) }, JSON.parse(readFileSync(lock, "utf8")).id);
      const second = await take(lock, async () => {
        hold({}, "third");
        return "taken over";
      });
      return second;
    });
    expect(first).toBe("taken over");
    expect(JSON.parse(readFileSync(lock, "utf8")).id).toBe("third");
  });
});

describe("a holder that was suspended before its rename", () => {
  it("has to check again after its lock was taken over, however young its temporary file is", async () => {
    const target = join(root, "file.json");
    const system = fakeSystem();
    const wait = { deadline: system.now(), purpose: "another sso-cred", writes: target };
    await withLock(system, lock, wait, async () => {
      const late = prepareReplacement(target);
      hold(heldBefore(MINUTE_MS + 5_000), JSON.parse(readFileSync(lock, "utf8")).id);
      await withLock(system, lock, wait, async () => replaceFile(target, "newer"));
      let checks = 0;
      expect(late.commit("older", () => ++checks === 1)).toBe(false);
    });
    expect([readFileSync(target, "utf8"), readdirSync(root).sort()]).toEqual([
      "newer",
      ["file.json", "locks"],
    ]);
  });

  it("is no reason to remove the temporary files of others", async () => {
    const others = join(root, ".sso-cred-1-x.tmp");
    writeFileSync(others, "");
    hold(heldBefore(MINUTE_MS + 5_000));
    const wait = { deadline: 0, purpose: "another sso-cred", writes: join(root, "file.json") };
    await withLock(fakeSystem(), lock, wait, async () => {});
    expect(existsSync(others)).toBe(true);
  });
});

describe("without a lock the work is done where none can be created", () => {
  it("because a file has the folder's name", async () => {
    rmSync(dirname(lock), { recursive: true });
    writeFileSync(dirname(lock), "");
    expect(await take()).toBe("worked");
  });

  it("because no folder can be created", async () => {
    expect(await take("/proc/no-such-folder/locks/role-1")).toBe("worked");
  });

  it("because the name is too long", async () => {
    expect(await take(join(dirname(lock), "x".repeat(300)))).toBe("worked");
  });

  const MODULE = new URL("../../../src/cache/lock.ts", import.meta.url);
  const inChild = (work = `process.stdout.write("worked")`) =>
    `const { readFileSync } = await import("node:fs");
    const [lock, wait] = [${JSON.stringify(lock)}, { deadline: 0, purpose: "nobody" }];
    const system = { now: Date.now, sleep: async () => {}, trace: { step() {} } };
    await m.withLock(system, lock, wait, async () => ${work});`;

  it.each(["555", "000"])("because the folder is not writable (%s)", (mode) => {
    chmodSync(root, 0o755);
    chmodSync(dirname(lock), Number.parseInt(mode, 8));
    expect(runInChild(MODULE, inChild(), { unprivileged: true })).toBe("worked");
  });

  it("because the disk is full, and nothing is left behind", () => {
    expect(runInChild(MODULE, inChild(), { fileBlocks: 0 })).toBe("worked");
    expect(readdirSync(dirname(lock))).toEqual([]);
  });

  it.skipIf(!canTrace).each(REFUSALS)(
    "but a file system without links and modes has locks (%s; needs strace)",
    (code) => {
      const look = "console.log(JSON.parse(readFileSync(lock)).pid === process.pid)";
      expect(runInChild(MODULE, inChild(look), { refused: { calls: NICETIES, code } })).toBe("true\n");
      expect(readdirSync(dirname(lock))).toEqual([]);
    },
  );
});
