import { describe, expect, it } from "vitest";
import {
  type BusyWait,
  isHeld,
  readWhileBusy,
  retryWhileBusy,
} from "../../../src/platform/retryWhileBusy.ts";

/** Fails that often with the system's error, then returns the number of calls. */
function heldFor(failures: number, code: string): () => number {
  let calls = 0;
  return () => {
    if (++calls <= failures) throw Object.assign(new Error(`${code}: held`), { code });
    return calls;
  };
}

const WINDOWS: BusyWait = { platform: "win32", timeoutMs: 200 };

describe("on Windows", () => {
  it.each(["EBUSY", "EPERM", "EACCES"])("a file in use (%s) is changed as soon as it is free", (code) => {
    expect(retryWhileBusy(heldFor(2, code), WINDOWS)).toBe(3);
    expect(isHeld({ code }, "win32")).toBe(true);
  });

  it("a locked file is read as soon as it is free", () => {
    expect(readWhileBusy(heldFor(2, "EBUSY"), WINDOWS)).toBe(3);
  });

  it("a file that stays in use fails with the system's error", () => {
    expect(() => retryWhileBusy(heldFor(5, "EPERM"), WINDOWS)).toThrow("EPERM: held");
    expect(() => readWhileBusy(heldFor(5, "EBUSY"), WINDOWS)).toThrow("EBUSY: held");
  });

  it("no other error is retried", () => {
    for (const code of ["EPERM", "EACCES", "ENOENT"])
      expect(() => readWhileBusy(heldFor(1, code), WINDOWS)).toThrow(`${code}: held`);
    expect(() => retryWhileBusy(heldFor(1, "ENOSPC"), WINDOWS)).toThrow("ENOSPC: held");
    expect(isHeld({ code: "ENOSPC" }, "win32")).toBe(false);
  });
});

it.each<NodeJS.Platform>(["linux", "darwin"])("on %s nothing is retried", (platform) => {
  expect(() => retryWhileBusy(heldFor(1, "EPERM"), { platform })).toThrow("EPERM: held");
  expect(() => readWhileBusy(heldFor(1, "EBUSY"), { platform })).toThrow("EBUSY: held");
  expect(isHeld({ code: "EBUSY" }, platform)).toBe(false);
});
