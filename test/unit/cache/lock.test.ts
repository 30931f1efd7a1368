import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir, uptime } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { withLock } from "../../../src/cache/lock.ts";
import { prepareReplacement, replaceFile } from "../../../src/cache/replaceFile.ts";
import { identifyProcess } from "../../../src/platform/processIdentity.ts";
import { NICETIES, REFUSALS, runInChild } from "../../support/child.ts";
import { fakeSystem } from "../../support/fakeSystem.ts";
import { sha1 } from "../../support/home.ts";
import { canTrace } from "../../support/systemCalls.ts";

let root: string;
let lock: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "lock-"));
  lock = join(root, "locks", "role-1");
  mkdirSync(dirname(lock));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const MINUTE_MS = 60_000;
/** Waits at most 10 s of the fake clock. Returns what `work` returns, or fails as `withLock`. */
async function take(path = lock, work = async () => "worked", pollWhileWaiting?: () => string | undefined) {
  const system = fakeSystem();
  const wait = {
    deadline: system.now() + 10_000,
    purpose: "another sso-cred",
    ...(pollWhileWaiting ? { pollWhileWaiting } : {}),
  };
  return withLock(system, path, wait, work);
}
/** Writes a lock of this process; `changes` make it another process's. */
const hold = (changes: object, id = "theirs") =>
  writeFileSync(lock, JSON.stringify({ format: 1, id, ...identifyProcess(), ...changes }));
const age = (ms: number, path = lock) => {
  const seconds = (Date.now() - ms) / 1000;
  utimesSync(path, seconds, seconds);
};
const heldBefore = (ms: number) => ({ uptimeSeconds: Math.floor(uptime() - ms / 1000) });

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

describe("a lock of a process on another host or in another container", () => {
  const ELSEWHERE = { host: "elsewhere", boot: "another", pid: 1 };
  afterEach(() => void vi.useRealTimers());

  it.each([ELSEWHERE, { pidNamespace: "pid:[1]" }])(
    "is taken over 10 s after it was last renewed, however short the wait: %j",
    async (holder) => {
      hold({ ...holder, ...heldBefore(MINUTE_MS + 5_000) });
      age(8_000);
      await expect(take()).rejects.toMatchObject({ kind: "unavailable" });
      age(11_000);
      expect(await take()).toBe("worked");
    },
  );

  it("is renewed every 2 s by its holder, until the work ends or another has taken the lock over", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const renewed = () => {
      age(60_000);
      vi.advanceTimersByTime(2_000);
      return Date.now() - statSync(lock).mtimeMs < 30_000;
    };
    await take(lock, async () => {
      expect([renewed(), renewed()]).toEqual([true, true]);
      hold({}, "another");
      expect(renewed()).toBe(false);
      return "";
    });
    expect([renewed(), vi.getTimerCount()]).toEqual([false, 0]);
  });

  it("is not renewed through a link that took its place", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const elsewhere = join(root, "elsewhere");
    await take(lock, async () => {
      renameSync(lock, elsewhere);
      symlinkSync(elsewhere, lock);
      age(60_000, elsewhere);
      vi.advanceTimersByTime(2_000);
      expect(Date.now() - statSync(elsewhere).mtimeMs).toBeGreaterThan(30_000);
      return "";
    });
  });
});

describe("a lock of a dead process is taken over at once", () => {
  it.each<[string, object]>([
    ["no such process", { pid: 4_194_304 }],
    ["its number belongs to another process now", { started: "1" }],
    ["the machine was started anew", { boot: "another" }],
    ["the machine was started anew, and does not say so", { uptimeSeconds: 1e9 }],
  ])("%s", async (_, changes) => {
    hold(changes);
    expect(await take()).toBe("worked");
    expect(readdirSync(dirname(lock))).toEqual([]);
  });

  it("even if another process died while removing it", async () => {
    hold({ pid: 4_194_304 });
    const guard = join(dirname(lock), `.sso-cred-${sha1("theirs").slice(0, 12)}.tmp`);
    writeFileSync(guard, JSON.stringify({ format: 1, id: "guard", ...identifyProcess(), pid: 4_194_304 }));
    expect(await take()).toBe("worked");
    expect(readdirSync(dirname(lock))).toEqual([]);
  });
});

describe("releasing a lock removes the stale ones beside it", () => {
  const beside = (name: string) => join(dirname(lock), name);
  const holdBeside = (name: string, changes: object) =>
    writeFileSync(beside(name), JSON.stringify({ format: 1, id: name, ...identifyProcess(), ...changes }));
  const NAMES = [
    ...["role", "token", "login"].map((kind) => `${kind}-${sha1(kind)}`),
    `config-${sha1("config").slice(0, 16)}`,
  ];

  it("of dead processes, whatever their purpose", async () => {
    for (const name of NAMES) holdBeside(name, { pid: 4_194_304 });
    expect(await take()).toBe("worked");
    expect(readdirSync(dirname(lock))).toEqual([]);
  });

  it("without a holder, 5 s after they were created", async () => {
    const [young = "", old = ""] = NAMES;
    for (const name of [young, old]) writeFileSync(beside(name), "");
    age(6_000, beside(old));
    expect(await take()).toBe("worked");
    expect(readdirSync(dirname(lock))).toEqual([young]);
  });

  it.each<[string, object]>([
    ["of running processes, however long they have held them", heldBefore(2 * MINUTE_MS)],
    ["of another host", { host: "elsewhere", boot: "another" }],
  ])("but not those %s", async (_, changes) => {
    const [name = ""] = NAMES;
    holdBeside(name, changes);
    age(2 * MINUTE_MS, beside(name));
    expect(await take()).toBe("worked");
    expect(readdirSync(dirname(lock))).toEqual([name]);
  });

  it("and ignores those that can neither be read nor removed", async () => {
    const [link = "", folder = ""] = NAMES;
    symlinkSync(link, beside(link));
    mkdirSync(beside(folder));
    age(6_000, beside(folder));
    expect(await take()).toBe("worked");
    expect(readdirSync(dirname(lock)).sort()).toEqual([link, folder].sort());
  });

  it("but no other file", async () => {
    for (const name of ["notes", "role-", `role-${"x".repeat(40)}`]) writeFileSync(beside(name), "");
    for (const name of readdirSync(dirname(lock))) age(6_000, beside(name));
    const before = readdirSync(dirname(lock));
    expect(await take()).toBe("worked");
    expect(readdirSync(dirname(lock))).toEqual(before);
  });
});

describe("a lock without a readable holder", () => {
  it.each(["", "{", "[]", '{"id": "x"}', '{"id": "x", "host": "h", "boot": "b", "pid": "1"}'])(
    "is left alone for 5 s, then taken over: %s",
    async (content) => {
      writeFileSync(lock, content);
      await expect(take()).rejects.toMatchObject({
        message: `waited too long for another sso-cred; lock: ${lock}`,
      });
      age(6_000);
      expect(await take()).toBe("worked");
    },
  );

  it("is taken over even if its time is in the future", async () => {
    writeFileSync(lock, "");
    age(-24 * 60 * MINUTE_MS);
    expect(await take()).toBe("worked");
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
  const inChild = () =>
    `const system = { now: Date.now, sleep: async () => {}, trace: { step() {} } };
    const wait = { deadline: 0, purpose: "nobody" };
    await m.withLock(system, ${JSON.stringify(lock)}, wait, async () => process.stdout.write("worked"));`;

  it.each(["555", "000"])("because the folder is not writable (%s)", (mode) => {
    chmodSync(root, 0o755);
    chmodSync(dirname(lock), Number.parseInt(mode, 8));
    expect(runInChild(MODULE, inChild(), { unprivileged: true })).toBe("worked");
  });

  it("because the disk is full, and nothing is left behind", () => {
    expect(runInChild(MODULE, inChild(), { fileBlocks: 0 })).toBe("worked");
    expect(readdirSync(dirname(lock))).toEqual([]);
  });

  it.skipIf(!canTrace).each(REFUSALS)("but a file system without links and modes has locks (%s)", (code) => {
    const look = `const { readFileSync } = await import("node:fs");
      const system = { now: Date.now, sleep: async () => {}, trace: { step() {} } };
      await m.withLock(system, ${JSON.stringify(lock)}, { deadline: 0, purpose: "nobody" }, async () =>
        process.stdout.write(String(JSON.parse(readFileSync(${JSON.stringify(lock)}, "utf8")).pid === process.pid)));`;
    expect(runInChild(MODULE, look, { refused: { calls: NICETIES, code } })).toBe("true");
    expect(readdirSync(dirname(lock))).toEqual([]);
  });
});
