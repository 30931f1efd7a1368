import { describe, expect, it } from "vitest";
import { generateAccounts } from "../identityCenter/accounts.ts";
import { profile, START_URL, sessionSection } from "../support/home.ts";
import { answer, desk, USUAL_PROFILE } from "../support/initDesk.ts";
import { KEYS } from "../support/pty.ts";

const { down, enter, space, escape: esc, controlC, backspace } = KEYS;
const controlT = "\u0014";

describe("the wizard", () => {
  it("leads from an empty home to a profile, with the questions of the AWS CLI", async () => {
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
        "aws s3 ls --profile my-dev-profile",
      ].join("\n"),
    );
    expect(await config()).toBe(
      `${profile("my-dev-profile", "210987654321", "ReadOnly")}\n${sessionSection("corp")}`,
    );
    expect(browser.opened()).toHaveLength(1);
  });

  it("ends with a command that a shell reads as one, however long the profile's name is", async () => {
    const name = `very${"-long".repeat(20)}`;
    const { init } = await desk({ config: sessionSection("corp"), signedIn: true });
    const flags = ["corp", "--account-id", "210987654321", "--role-name", "ReadOnly"];
    const wizard = init([...flags, "--profile-name", name, "--yes"]);
    expect((await wizard.done).code).toBe(0);
    const lines = (await wizard.lines()).map(({ text }) => text);
    expect(lines.slice(-2)).toEqual(["aws s3 ls \\", `  --profile ${name}`]);
  });

  it("offers to convert legacy profiles first, and continues with the roles", async () => {
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

  it("proposes region and format of a session's last profile for the next one", async () => {
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
        "aws s3 ls --profile 123456789011_Admin",
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
      ...USUAL_PROFILE,
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
});
