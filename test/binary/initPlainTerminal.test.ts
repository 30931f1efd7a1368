import { describe, expect, it } from "vitest";
import { sessionSection } from "../support/home.ts";
import { answer, desk } from "../support/initDesk.ts";
import { KEYS } from "../support/pty.ts";

const { enter, escape: esc, controlC } = KEYS;

describe("the wizard on a plain terminal", () => {
  it("has no colours with NO_COLOR", async () => {
    const { init } = await desk({ config: sessionSection("corp"), signedIn: true });
    const colours = async (env: Record<string, string>) => {
      const wizard = init([], { env });
      await answer(wizard, [
        ["SSO session name", enter],
        ["There are 2 AWS accounts", esc],
      ]);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: the terminal's own language
      return (await wizard.done).raw.match(/\u001b\[[\d;]*m/g)?.length ?? 0;
    };
    expect(await colours({})).toBeGreaterThan(0);
    expect(await colours({ NO_COLOR: "1" })).toBe(0);
  });

  it("asks with plain lines and numbers where TERM is dumb", async () => {
    const { init, config, home } = await desk({ config: sessionSection("corp"), signedIn: true });
    const wizard = init([], { env: { TERM: "dumb" } });
    await answer(wizard, [
      ["SSO session name (Recommended) [corp]:", enter],
      ["Numbers (like 1 or 1,3), or text to search:", `dev${enter}`],
      [/1\) Development.*\nNumbers.*$/, `1${enter}`],
      ["2) ReadOnly", `zzz${enter}`],
      [/2\) ReadOnly\nNothing matches\.\nNumbers.*$/, `2${enter}`],
      ["Default client Region", enter],
      ["CLI default output format", `yaml tables${enter}`],
      ["Not a valid output format", `yaml${enter}`],
      ["Profile name", enter],
    ]);
    const { code, screen, raw } = await wizard.done;
    expect(code).toBe(0);
    expect(raw).not.toContain("\u001b");
    expect(screen.replaceAll(home.path, "~").split("\n").slice(0, 9)).toEqual([
      "SSO session name (Recommended) [corp]:",
      "There are 2 AWS accounts available to you.",
      "1) Development, dev@example.com (123456789011)",
      "2) Production, prod@example.com (210987654321)",
      "Numbers (like 1 or 1,3), or text to search: dev",
      "1) Development, dev@example.com (123456789011)",
      "Numbers (like 1 or 1,3), or text to search: 1",
      "Using the account ID 123456789011",
      "There are 2 roles available to you.",
    ]);
    expect(await config()).toContain("output = yaml\n");
  });

  it.each([[controlC], ["\u0004"]])("where TERM is dumb ends with 130 on %j", async (key) => {
    const { init, config } = await desk({ config: sessionSection("corp"), signedIn: true });
    const wizard = init([], { env: { TERM: "dumb" } });
    await answer(wizard, [["SSO session name", key]]);
    const { code, screen } = await wizard.done;
    expect([code, screen.split("\n").at(-1)]).toEqual([130, "sso-cred: cancelled; nothing was written"]);
    expect(await config()).toBe(sessionSection("corp"));
  });
});
