import { mkdirSync, readdirSync, renameSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { identifyProcess } from "../../../src/platform/processIdentity.ts";
import { sha1 } from "../../support/home.ts";
import { age, heldBefore, hold, lock, MINUTE_MS, root, take } from "./lockFile.ts";

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
