import { afterEach, describe, expect, it } from "vitest";
import { shieldFromSignals } from "../../../src/platform/shieldFromSignals.ts";

describe("handlers of signals, around work that is shielded", () => {
  const heard: string[] = [];
  const hear = (signal: string) => heard.push(signal);
  const before = process.rawListeners("SIGINT") as NodeJS.SignalsListener[];
  afterEach(() => {
    heard.length = 0;
    for (const name of ["SIGINT", "SIGTERM"] as const) process.removeListener(name, hear);
  });

  it("are restored: one for every interrupt gets every interrupt", async () => {
    process.on("SIGINT", hear);
    await shieldFromSignals(async () => {
      process.emit("SIGINT", "SIGINT");
      expect(heard).toEqual([]);
    });
    expect(heard).toEqual(["SIGINT"]);
    process.emit("SIGINT", "SIGINT");
    expect(heard).toEqual(["SIGINT", "SIGINT"]);
  });

  it("are restored: one for a single interrupt gets one", async () => {
    for (const listener of before) process.removeListener("SIGINT", listener);
    process.once("SIGINT", hear);
    await shieldFromSignals(async () => {});
    process.emit("SIGINT", "SIGINT");
    process.emit("SIGINT", "SIGINT");
    for (const listener of before) process.on("SIGINT", listener);
    expect(heard).toEqual(["SIGINT"]);
  });

  it("hear a SIGTERM at once, and once", async () => {
    process.on("SIGTERM", hear);
    await shieldFromSignals(async () => {
      process.emit("SIGTERM", "SIGTERM");
      expect(heard).toEqual(["SIGTERM"]);
    });
    expect(heard).toEqual(["SIGTERM"]);
  });
});
