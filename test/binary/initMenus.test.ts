import { describe, expect, it } from "vitest";
import { generateAccounts } from "../identityCenter/accounts.ts";
import { sessionSection } from "../support/home.ts";
import { answer, desk, USUAL_PROFILE } from "../support/initDesk.ts";
import { KEYS } from "../support/pty.ts";

const { down, enter, space, escape: esc, controlC, backspace } = KEYS;

describe("the menus of the wizard", () => {
  it("accepts no choice that the person has not moved to", async () => {
    const { init } = await desk({ config: sessionSection("corp"), signedIn: true });
    const wizard = init(["corp"]);
    await answer(wizard, [
      ["There are 2 AWS accounts available to you.", enter],
      ["Move to a choice first, or search for it", down],
      [/> \[ \] Development.*\n.*\nup\/down/, "pro"],
      ["> [ ] Production", backspace.repeat(3)],
      ["  [ ] Development", enter],
      ["Move to a choice first, or search for it", controlC],
    ]);
    expect((await wizard.done).code).toBe(130);
  });

  it("keeps its help in one row where the terminal is narrow", async () => {
    const { init } = await desk({ config: sessionSection("corp"), signedIn: true });
    const wizard = init([], { columns: 50 });
    await answer(wizard, [
      ["SSO session name (Recommended) [corp]:", enter],
      ["There are 2 AWS accounts available to you.", down + space + down + space],
      [/^2 ticked; enter accept, esc cancel$/m, controlC],
    ]);
    expect((await wizard.done).code).toBe(130);
  });

  it("searches and scrolls in a menu of 500 accounts on 80 by 24", async () => {
    const setup = { config: sessionSection("corp"), signedIn: true, accounts: generateAccounts(500, 1) };
    const { init, config } = await desk(setup);
    const wizard = init();
    await answer(wizard, [["SSO session name", enter]]);
    await wizard.waitFor("500; up/down");
    const row = (number: number, mark: string) => {
      const id = String(number).padStart(4, "0");
      return `${mark} [ ] account-${id}, account-${id}@example.com (${100_000_000_000 + number})`;
    };
    const page = (from: number, to: number, active: number) =>
      Array.from({ length: to - from + 1 }, (_, at) => row(from + at, from + at === active ? ">" : " "));
    const message = "There are 500 AWS accounts available to you.";
    const help = "up/down move, tab tick, enter accept, esc cancel";
    const lastScreen = async () => (await wizard.screen()).split("\n").slice(1);
    expect(await lastScreen()).toEqual([message, ...page(1, 19, 0), `500; ${help}`, "Type to search:"]);

    wizard.type(down.repeat(30));
    await wizard.waitFor("30 of 500;");
    expect(await lastScreen()).toEqual([
      message,
      ...page(21, 39, 30),
      `30 of 500; ${help}`,
      "Type to search:",
    ]);

    wizard.type("0499");
    await wizard.waitFor("Type to search: 0499");
    const blank = Array<string>(18).fill("");
    expect(await lastScreen()).toEqual([message, row(499, ">"), ...blank, help, "Type to search: 0499"]);

    wizard.type("x");
    await wizard.waitFor("nothing matches");
    await answer(wizard, [
      ["nothing matches", enter],
      ["Move to a choice first, or search for it", backspace],
      [/\n> \[ \] account-0499.*Type to search: 0499$/s, enter],
      ...USUAL_PROFILE,
    ]);
    expect((await wizard.done).code).toBe(0);
    expect(await config()).toContain("[profile 100000000499_role-01]");
  });

  it("treats a blank as a part of the search text, and finds what a narrow menu cuts off", async () => {
    const account = (accountId: string, accountName: string) => ({
      accountId,
      accountName,
      emailAddress: `${accountName.toLowerCase().replaceAll(" ", ".")}.${"long".repeat(12)}@example.com`,
      roles: ["Admin"],
    });
    const accounts = [account("100000000001", "Prod Asia"), account("100000000002", "Prod EU")];
    const { init } = await desk({ config: sessionSection("corp"), signedIn: true, accounts });
    const wizard = init(["corp"], { columns: 60 });
    await answer(wizard, [["There are 2 AWS accounts", "prod e"]]);
    await wizard.waitFor("Type to search: prod e");
    const prod = "> [ ] Prod EU, prod.eu.longlonglonglonglon… (100000000002)";
    const help = "up/down move, tab tick, enter accept, esc cancel";
    expect(await wizard.screen()).toBe(
      ["There are 2 AWS accounts available to you.", prod, "", help, "Type to search: prod e"].join("\n"),
    );
    wizard.type(`${backspace.repeat(6)}asia.${"long".repeat(12)}@`);
    await wizard.waitFor(/\n> \[ \] Prod Asia, .*… \(100000000001\)\n.*@$/s);
    wizard.type(`${backspace.repeat(54)}100000000002${space}`);
    await wizard.waitFor(/\n> \[x\] Prod EU.*search: 100000000002$/s);
    wizard.type(enter);
    await wizard.waitFor("Using the account ID 100000000002");
    wizard.type(esc);
    expect((await wizard.done).code).toBe(130);
  });
});
