import { describe, expect, it } from "vitest";
import { generateAccounts } from "../identityCenter/accounts.ts";
import { START_URL, sessionSection } from "../support/home.ts";
import { answer, desk, profile } from "../support/initDesk.ts";
import { KEYS } from "../support/pty.ts";

const { enter, down, space, escape: esc, controlC, backspace, tab } = KEYS;
const controlT = "\u0014";

describe("the wizard", () => {
  it("leads from nothing to a profile, with the questions of the AWS CLI", async () => {
    const { init, config, home, browser } = await desk();
    const wizard = init();
    await answer(wizard, [
      ["SSO session name (Recommended): ".trimEnd(), `corp${enter}`],
      ["SSO start URL [None]:", `${START_URL}${enter}`],
      ["SSO region [None]:", `eu-west-1${enter}`],
      ["SSO registration scopes [sso:account:access]:", enter],
      ["There are 2 AWS accounts available to you.", down + down + enter],
      ["Default client Region [eu-west-1]:", enter],
      ["CLI default output format (json if not specified) [json]:", enter],
      ["Profile name [210987654321_ReadOnly]:", `my-dev-profile${enter}`],
    ]);
    const { code, screen } = await wizard.done;
    expect(code).toBe(0);
    const withoutLogin = screen.replace(/(access\]:)\n.*?(There are 2)/s, "$1\n$2");
    expect(withoutLogin.replaceAll(home.path, "~")).toBe(
      [
        "SSO session name (Recommended): corp",
        "(your AWS access portal's address, as in the invitation)",
        `SSO start URL [None]: ${START_URL}`,
        "SSO region [None]: eu-west-1",
        "SSO registration scopes [sso:account:access]:",
        "There are 2 AWS accounts available to you.",
        "Using the account ID 210987654321",
        "The only role available to you is: ReadOnly",
        'Using the role name "ReadOnly"',
        "Default client Region [eu-west-1]:",
        "CLI default output format (json if not specified) [json]:",
        "Profile name [210987654321_ReadOnly]: my-dev-profile",
        "~/.aws/config: 1 added, 0 changed, 0 removed",
        "",
        "To use this profile, specify the profile name using --profile, as shown:",
        "",
        "aws sts get-caller-identity --profile my-dev-profile",
      ].join("\n"),
    );
    expect(await config()).toBe(
      `${profile("my-dev-profile", "210987654321", "ReadOnly")}\n${sessionSection("corp")}`,
    );
    expect(browser.opened()).toHaveLength(1);
  });

  it("offers to convert profiles of the old kind first, and goes on with the roles", async () => {
    const old = `[profile old]\nsso_session = corp\nsso_account_id = 123456789011\nsso_role_name = ReadOnly\n\n`;
    const { init, config } = await desk({ config: old + sessionSection("corp"), signedIn: true });
    const wizard = init();
    await answer(wizard, [
      ["SSO session name (Recommended) [corp]:", enter],
      ["1 profile gets credentials of this session in another way: old", ""],
      ["Convert them to sso-cred first? [Y/n]:", enter],
      ["There are 2 AWS accounts available to you.", controlC],
    ]);
    const { code, screen } = await wizard.done;
    expect(code).toBe(130);
    expect(screen).toContain("Converted 1 profile; to undo this: sso-cred init --revert\n");
    expect(await config()).toContain(
      "[profile old]\ncredential_process = sso-cred corp --account-id 123456789011 --role-name ReadOnly\n#sso-cred# sso_session = corp\n",
    );
  });

  it("keeps every answer when the sign-in fails, and asks again from the start URL", async () => {
    const { init, config, center } = await desk({ browser: "ignore" });
    const wizard = init(["--use-device-code"]);
    await answer(wizard, [
      ["SSO session name (Recommended):", `corp${enter}`],
      ["SSO start URL [None]:", `d-1234567890${enter}`],
      ["SSO region [None]:", `eu-west-1${enter}`],
      ["SSO registration scopes", enter],
      ["Sign in to 'corp'", ""],
    ]);
    await expect.poll(() => center.count("/device_authorization")).toBe(1);
    center.denyDevice();
    await answer(wizard, [
      [`SSO start URL [${START_URL}]:`, enter],
      ["SSO region [eu-west-1]:", enter],
      ["SSO registration scopes", enter],
    ]);
    await expect.poll(() => center.count("/device_authorization")).toBe(2);
    center.approveDevice();
    await answer(wizard, [
      ["There are 2 AWS accounts available to you.", down + down + enter],
      ["Default client Region", enter],
      ["CLI default output format", enter],
      ["Profile name", enter],
    ]);
    expect((await wizard.done).code).toBe(0);
    expect(await config()).toContain(sessionSection("corp"));
  });

  it("keeps every answer after a Ctrl-C in the sign-in, and ends with the next one", async () => {
    const { init, home, browser } = await desk({ browser: "ignore" });
    const wizard = init();
    const again = "sso-cred: the sign-in was cancelled\n";
    await answer(wizard, [
      ["SSO session name (Recommended):", `corp${enter}`],
      ["SSO start URL [None]:", `d-1234567890${enter}`],
      ["SSO region [None]:", `eu-west-1${enter}`],
      ["SSO registration scopes", enter],
      ["Waiting for your browser … (Ctrl-C cancels)", controlC],
      [`${again}SSO start URL [${START_URL}]:`, enter],
      ["SSO region [eu-west-1]:", enter],
      [/(?:scopes \[sso:account:access\].*){2}/s, enter],
      [/(?:Waiting for your browser.*){2}/s, controlC],
      [new RegExp(`(?:${again}.*){2}SSO start URL`, "s"), controlC],
    ]);
    const { code, screen } = await wizard.done;
    expect([code, screen.split("\n").at(-1)]).toEqual([130, "sso-cred: cancelled; nothing was written"]);
    expect(browser.opened()).toHaveLength(2);
    expect(await home.exists(".aws/config")).toBe(false);
  });

  it("asks whether to try again after a Ctrl-C in the sign-in to a session of the config", async () => {
    const { init, browser } = await desk({ config: sessionSection("corp"), browser: "ignore" });
    const wizard = init(["corp"]);
    await answer(wizard, [
      ["Waiting for your browser … (Ctrl-C cancels)", controlC],
      ["sso-cred: the sign-in was cancelled\nTry again? [Y/n]:", enter],
    ]);
    await wizard.waitFor(/(?:Waiting for your browser.*){2}/s);
    await fetch(browser.opened()[1] as string);
    await answer(wizard, [["Signed in.\nThere are 2 AWS accounts available to you.", controlC]]);
    expect((await wizard.done).code).toBe(130);
  });

  it("shows the plan of --prune and asks: a mere Enter removes nothing", async () => {
    const gone = `${profile("gone", "123456789011", "Gone")}\n${sessionSection("corp")}`;
    const { init, config } = await desk({ config: gone, signedIn: true });
    const wizard = init(["corp", "--prune"]);
    await answer(wizard, [
      ["-[profile gone]", ""],
      ["Write this? [y/N]:", enter],
    ]);
    const { code, screen } = await wizard.done;
    expect(code).toBe(130);
    expect(screen).toContain("sso-cred: cancelled; nothing was written");
    expect(await config()).toBe(gone);
  });

  it("asks again for what cannot be taken, and says why", async () => {
    const { init } = await desk();
    const wizard = init();
    await answer(wizard, [
      ["SSO session name", `two words${enter}`],
      ["Not a valid session name", backspace.repeat(9) + enter],
      ["A value is required", `corp${enter}`],
      ["SSO start URL [None]:", `nonsense${enter}`],
      ["Not a valid Start URL", `${backspace.repeat(8)}${START_URL}${enter}`],
      ["SSO region [None]:", `eu west${enter}`],
      ["Not a valid region", `${backspace.repeat(7)}eu-west-1${enter}`],
      ["SSO registration scopes", `a b${enter}`],
    ]);
    await wizard.waitFor("Scope values must be separated by commas");
    expect(await wizard.screen()).toBe(
      [
        "SSO session name (Recommended): corp",
        "(your AWS access portal's address, as in the invitation)",
        `SSO start URL [None]: ${START_URL}`,
        "SSO region [None]: eu-west-1",
        "SSO registration scopes [sso:account:access]: a b",
        "Scope values must be separated by commas",
      ].join("\n"),
    );
    wizard.type(esc);
    expect((await wizard.done).code).toBe(130);
  });

  it("says which accounts get no profile, as they do not have the role", async () => {
    const { init, config } = await desk({ config: sessionSection("corp"), signedIn: true });
    const wizard = init(["--role-name", "Admin"]);
    await answer(wizard, [
      ["SSO session name (Recommended) [corp]:", enter],
      ["There are 2 AWS accounts available to you.", down + space + down + space],
      ["2 ticked", enter],
      ["No profile for 210987654321: you have none of these roles there", ""],
      ["Default client Region [eu-west-1]:", enter],
      ["CLI default output format", enter],
      ["Profile name", enter],
    ]);
    expect((await wizard.done).code).toBe(0);
    expect(await config()).toContain("[profile 123456789011_Admin]");
  });

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

  it("completes a region and an output format by Tab", async () => {
    const { init, config } = await desk({ config: sessionSection("corp"), signedIn: true });
    const wizard = init(["corp"]);
    await answer(wizard, [
      ["There are 2 AWS accounts available to you.", `prod${enter}`],
      ["Default client Region [eu-west-1]:", "AP-SOUTHEAST"],
      [/: AP-SOUTHEAST\ntab: ap-southeast-1 ap-southeast-2 ap-southeast-3 .* …$/, tab],
      [/: ap-southeast-\n/, `7${enter}`],
      ["CLI default output format", "yaml-"],
      ["tab: yaml-stream", tab + enter],
      ["Profile name", enter],
    ]);
    expect((await wizard.done).code).toBe(0);
    expect(await config()).toContain("region = ap-southeast-7\noutput = yaml-stream\n");
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

  it("makes a second profile of a session with the region and format of the last one", async () => {
    const first = profile("123456789011_ReadOnly", "123456789011", "ReadOnly").replace(
      "eu-west-1",
      "us-east-2",
    );
    const { init, config, home } = await desk({ config: first + sessionSection("corp"), signedIn: true });
    const wizard = init();
    await answer(wizard, [
      ["There are 2 AWS accounts available to you.", down + enter],
      ["There are 2 roles available to you.", down + enter],
      ["Profile name [123456789011_Admin]:", enter],
    ]);
    const { code, screen } = await wizard.done;
    expect(code).toBe(0);
    expect(screen.replaceAll(home.path, "~")).toBe(
      [
        "SSO session name (Recommended): corp   (another: sso-cred init NAME)",
        "There are 2 AWS accounts available to you.",
        "Using the account ID 123456789011",
        "There are 2 roles available to you.",
        'Using the role name "Admin"',
        "Default client Region [us-east-2]: us-east-2",
        "CLI default output format (json if not specified) [json]: json",
        "Profile name [123456789011_Admin]:",
        "~/.aws/config: 1 added, 0 changed, 0 removed",
        "Backup: ~/.aws/config.sso-cred.bak",
        "",
        "To use this profile, specify the profile name using --profile, as shown:",
        "",
        "aws sts get-caller-identity --profile 123456789011_Admin",
      ].join("\n"),
    );
    expect(await config()).toContain(
      profile("123456789011_Admin", "123456789011", "Admin").replace("eu-west-1", "us-east-2"),
    );
  });

  it("asks for a template when several roles are ticked, and again when names clash", async () => {
    const { init, config } = await desk({ config: sessionSection("corp"), signedIn: true });
    const wizard = init();
    await answer(wizard, [
      ["SSO session name (Recommended) [corp]:", enter],
      ["There are 2 AWS accounts available to you.", down + space + down + space],
      ["2 ticked", enter],
      ["Admin, 1 of 2 accounts", down + down + space],
      ["ReadOnly, 2 of 2 accounts", ""],
      ["1 ticked", "adm"],
      ["1 ticked (1 hidden, ctrl-t shows)", controlT],
      [/you\.\n {2}\[x\] ReadOnly, 2 of 2 accounts\n\n1 ticked; up/, enter],
      ["Default client Region [eu-west-1]:", enter],
      ["CLI default output format", enter],
      ["Profile name template [{account_id}_{role_name}]:", `{role_name}${enter}`],
      ["two profiles cannot share a name", `${backspace.repeat(11)}{account_name}${enter}`],
    ]);
    const { code, screen } = await wizard.done;
    expect([code, screen]).toEqual([0, expect.not.stringContaining("Listing roles")]);
    expect(await config()).toBe(
      [
        sessionSection("corp"),
        profile("Development", "123456789011", "ReadOnly"),
        profile("Production", "210987654321", "ReadOnly"),
      ].join("\n"),
    );
  });

  it("searches and scrolls in a menu of 500 accounts on 80 by 24", async () => {
    const setup = { config: sessionSection("corp"), signedIn: true, accounts: generateAccounts(500, 1) };
    const { init, config } = await desk(setup);
    const wizard = init();
    await answer(wizard, [["SSO session name", enter]]);
    await wizard.waitFor("500; up/down");
    const row = (number: number, mark = " ") => {
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
      ["Default client Region", enter],
      ["CLI default output format", enter],
      ["Profile name", enter],
    ]);
    expect((await wizard.done).code).toBe(0);
    expect(await config()).toContain("[profile 100000000499_role-01]");
  });

  it("takes a blank for a part of the search where one goes on, and finds what a narrow menu cuts off", async () => {
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

  it.each([
    ["Esc", esc],
    ["Ctrl-C", controlC],
    ["Ctrl-D", "\u0004"],
  ])("ends with 130 on %s, and leaves the file as it is", async (_name, key) => {
    const before = `# mine\n${sessionSection("corp")}`;
    const { init, config, home } = await desk({ config: before, signedIn: true });
    const questions: [string, string][] = [
      ["SSO session name", enter],
      ["There are 2 AWS accounts", down + enter],
      ["There are 2 roles", down + enter],
      ["Default client Region", enter],
      ["CLI default output format", enter],
      ["Profile name", enter],
    ];
    for (const [at, [shows]] of questions.entries()) {
      const wizard = init();
      await answer(wizard, [...questions.slice(0, at), [shows, key]]);
      expect((await wizard.done).code).toBe(130);
    }
    expect(await config()).toBe(before);
    expect(await home.exists(".aws/config.sso-cred.bak")).toBe(false);
  });

  it("shows how far a long listing is, and ends with 130 on Ctrl-C in the middle of it", async () => {
    const before = sessionSection("corp");
    const accounts = generateAccounts(400, 1);
    const { init, config } = await desk({
      config: before,
      signedIn: true,
      accounts,
      portalRequestsPerSecond: 20,
    });
    const wizard = init(["corp", "--all", "--yes"]);
    const shown = await wizard.waitFor(/Listing roles: [1-9]\d* of 400 accounts, \d+ s left/);
    expect(shown.trim().split("\n")).toHaveLength(1);
    wizard.type(controlC);
    expect((await wizard.done).code).toBe(130);
    expect(await config()).toBe(before);
  });

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
      ["2) ReadOnly", `2${enter}`],
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
    expect((await wizard.done).code).toBe(130);
    expect(await config()).toBe(sessionSection("corp"));
  });
});
