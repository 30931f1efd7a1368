import { describe, expect, it } from "vitest";
import { rolePath, sessionSection } from "../support/home.ts";
import { MAIN_JOB, signInWorld } from "../support/signInWorld.ts";

const CACHED = rolePath("corp", "123456789011", "ReadOnly");
const config = (...lines: string[]) => ({ config: sessionSection("corp", lines) });

describe("in the session's section", () => {
  it("sso_cred_cache = off keeps role credentials off the disk", async () => {
    const { call, home } = await signInWorld(config("sso_cred_cache = off"));
    expect((await call()).code).toBe(0);
    expect(await home.exists(CACHED)).toBe(false);
    expect((await call(MAIN_JOB, { env: { SSO_CRED_CACHE: "on" } })).code).toBe(0);
    expect(await home.exists(CACHED)).toBe(true);
  });

  it("sso_cred_wait limits how long a call waits, and the variable wins", async () => {
    const { call, clock } = await signInWorld({ ...config("sso_cred_wait = 7"), browser: "ignore" });
    const waited = async (env: Record<string, string>) => {
      const start = clock.now();
      expect((await call(MAIN_JOB, { env })).code).toBe(4);
      return Math.round((clock.now() - start) / 1000);
    };
    expect(await waited({})).toBe(7);
    expect(await waited({ SSO_CRED_WAIT: "3" })).toBe(3);
  });

  it.each([
    ["sso_cred_wait = soon", "sso_cred_wait is soon; use 0 to 3600 seconds"],
    ["sso_cred_cache = no", "sso_cred_cache is no; use on or off"],
    [
      "sso_cred_cache = off\u200b",
      "sso_cred_cache is off (character 4 is U+200B, a zero-width space); use on or off",
    ],
  ])("%s is rejected", async (line, message) => {
    const { call, home } = await signInWorld(config(line));
    const { code, stderr } = await call();
    expect([code, stderr]).toEqual([3, `sso-cred: ${home.configFile}: [sso-session corp]: ${message}\n`]);
  });
});
