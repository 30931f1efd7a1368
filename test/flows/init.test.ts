import { chmod, mkdir, readFile, readlink, rename, stat, symlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { splitCommandLine } from "../../src/text/commandWords.ts";
import { generateAccounts } from "../identityCenter/accounts.ts";
import { START_URL, sessionSection } from "../support/home.ts";
import { ANSWERS, BARE, CONFIG, initWorld, NEW_SESSION, ONE, profile } from "../support/initWorld.ts";

describe("init with every answer in flags", () => {
  it("writes the profile and the session to a new file, and says how to use it", async () => {
    const { init, config, home, center } = await initWorld({ config: "" });
    const scopes = ["--scopes", "sso:account:access"];
    const { code, stdout, stderr } = await init("corp", ...NEW_SESSION, ...scopes, ...ONE);
    expect([code, stderr]).toEqual([0, ""]);
    expect(await config()).toBe(`${profile("dev", "123456789011", "Admin")}\n${sessionSection("corp")}`);
    expect(stdout).toBe(
      `${home.configFile}: 1 added, 0 changed, 0 removed\n\n` +
        "To use this profile, specify the profile name using --profile, as shown:\n\naws sts get-caller-identity --profile dev\n",
    );
    expect(center.requests).toEqual([]);
  });

  it("makes a missing folder 0700 and a new file 0600", async () => {
    const { home, call } = await initWorld({ config: "" });
    const env = { AWS_CONFIG_FILE: join(home.path, "deep/er/config") };
    const args = ["init", "corp", ...NEW_SESSION, "--scopes", "sso:account:access", ...ONE, ...BARE];
    expect((await call(args, { env })).code).toBe(0);
    expect((await stat(join(home.path, "deep/er"))).mode & 0o777).toBe(0o700);
    expect((await stat(env.AWS_CONFIG_FILE)).mode & 0o777).toBe(0o600);
  });

  it("keeps mode, link and every other byte, and a backup of the last state", async () => {
    const before = `# mine\r\n[default]\r\nregion=x\r\n\r\n${sessionSection("corp").replaceAll("\n", "\r\n")}`;
    const { init, config, home } = await initWorld({ config: before });
    await mkdir(join(home.path, "dotfiles"));
    await rename(home.configFile, join(home.path, "dotfiles/aws-config"));
    await symlink("../dotfiles/aws-config", home.configFile);
    await chmod(join(home.path, "dotfiles/aws-config"), 0o640);
    expect((await init("corp", ...ONE)).code).toBe(0);
    expect(await readlink(home.configFile)).toBe("../dotfiles/aws-config");
    expect(await config()).toBe(
      `${before}\r\n${profile("dev", "123456789011", "Admin").replaceAll("\n", "\r\n")}`,
    );
    const files = await home.files();
    expect(
      files.filter(({ path }) => /config/.test(path)).map(({ path, mode }) => `${mode} ${path}`),
    ).toEqual(["640 .aws/config", "640 .aws/config.sso-cred.bak", "640 dotfiles/aws-config"]);
    expect(await home.read(".aws/config.sso-cred.bak")).toBe(before);
  });

  it("does nothing the second time, and says so", async () => {
    const { init, home } = await initWorld();
    await init("corp", ...ONE);
    const before = await stat(home.configFile);
    await home.write(".aws/config.sso-cred.bak", "untouched");
    const { code, stdout } = await init("corp", ...ONE);
    expect([code, stdout.split("\n")[0]]).toEqual([
      0,
      `Nothing to change: ${home.configFile} is up to date.`,
    ]);
    expect((await stat(home.configFile)).ino).toBe(before.ino);
    expect(await home.read(".aws/config.sso-cred.bak")).toBe("untouched");
  });

  it("says so when a profile keeps another region than the flag's", async () => {
    const { init } = await initWorld();
    await init("corp", ...ONE.slice(0, -1), "default");
    const { stderr } = await init("corp", ...ONE.slice(0, -1), "default", "--region", "us-east-2");
    expect(stderr).toBe("[default] keeps its region eu-west-1\n");
  });

  it("loses no profile when twenty run at once", async () => {
    const { init, config } = await initWorld();
    const names = Array.from({ length: 20 }, (_, at) => `p${at}`);
    const one = ONE.slice(0, -1);
    const results = await Promise.all(names.map((name) => init("corp", ...one, name)));
    expect(results.map(({ code }) => code)).toEqual(names.map(() => 0));
    const text = await config();
    for (const name of names) expect(text.split(`[profile ${name}]\n`)).toHaveLength(2);
  });
});

describe("init without a terminal", () => {
  it.each([
    [["corp"], "--start-url"],
    [["corp", "--start-url", START_URL], "--sso-region"],
    [["corp", ...NEW_SESSION], "--scopes"],
    [["corp", ...NEW_SESSION, "--scopes", "a", ...ONE.slice(0, 4)], "--region"],
    [["corp", ...NEW_SESSION, "--scopes", "a", ...ONE.slice(0, 4), "--region", "us-east-2"], "--output"],
    [["corp", ...NEW_SESSION, "--scopes", "a", ...ONE.slice(0, -2)], "--profile-name"],
    [[], "--sso-session"],
  ])("ends with 2 and names the flag: %j needs %s", async (args, flag) => {
    const { init, center, config } = await initWorld({ config: "" });
    const { code, stderr, stdout } = await init(...args);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(`there is no terminal to ask on: give ${flag}`);
    expect([center.requests, await config()]).toEqual([[], ""]);
  });

  it("names --account-id and --role-name when there are several to choose from", async () => {
    const { init } = await initWorld();
    expect((await init("corp", ...ANSWERS, "--profile-name", "x")).stderr).toContain(
      "give --account-id (or --all)",
    );
    const one = ["--account-id", "123456789011", ...ANSWERS, "--profile-name", "x"];
    expect((await init("corp", ...one)).stderr).toContain("give --role-name (or --all)");
  });

  it("chooses the only account and role, and the defaults with --yes", async () => {
    const { init, config, center } = await initWorld();
    center.accounts = center.accounts.slice(1);
    const { code, stderr } = await init("corp", "--yes");
    expect([code, stderr.split("\n")]).toEqual([
      0,
      [
        "The only AWS account available to you is: 210987654321",
        "Using the account ID 210987654321",
        "The only role available to you is: ReadOnly",
        'Using the role name "ReadOnly"',
        "",
      ],
    ]);
    expect(await config()).toContain(profile("210987654321_ReadOnly", "210987654321", "ReadOnly"));
  });

  it("starts no sign-in under CI", async () => {
    const { init, config, opened } = await initWorld({ env: { CI: "true" } });
    const before = await config();
    const { code, stderr } = await init("corp", "--all", "--yes");
    expect([code, stderr]).toEqual([
      4,
      "sso-cred: nobody is signed in to 'corp', and CI is set, so nobody is asked\n  run: sso-cred login corp\n",
    ]);
    expect([opened(), await config()]).toEqual([[], before]);
  });

  it.each([
    ["an account id of 11 digits", ["--account-id", "12345678901"], "12 digits"],
    ["an unknown flag", ["--accont-id", "123456789012"], "--accont-id"],
    ["an unknown field", ["--all", "--yes", "--profile-name", "{acount}"], "no field {acount}"],
    ["a brace too few", ["--all", "--yes", "--profile-name", "{account_id"], "no field {; there are"],
    ["a brace too many", ["--all", "--yes", "--profile-name", "{{role_name}}"], "no field {; there are"],
    ["a start URL that is none", ["--start-url", "ftp://x"], "Not a valid Start URL"],
    [
      "a profile name that some SDK does not read",
      ["--yes", "--profile-name", "my dev"],
      "Not a valid profile name: some SDKs read only A-Z, a-z, 0-9 and _.@/%:+-; my-dev would do",
    ],
    [
      "a profile name that looks like a flag",
      ["--yes", "--profile-name=-dev"],
      "it must not begin with - or .; dev would do",
    ],
    ["scopes without commas", ["--scopes", "a b"], "Scope values must be separated by commas"],
    ["two sessions", ["other"], "name one session"],
  ])("ends with 2 for %s", async (_what, args, message) => {
    const { code, stderr } = await (await initWorld()).init("corp", ...args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});

describe("init for many", () => {
  it("--all writes every role of every account, the same file every time", async () => {
    const first = await initWorld({ config: "" });
    await first.init("corp", ...NEW_SESSION, "--all", "--yes");
    const second = await initWorld({ config: "" });
    second.center.accounts = second.center.accounts.toReversed();
    await second.init("corp", ...NEW_SESSION, "--all", "--yes");
    expect(await second.config()).toBe(await first.config());
    expect(await first.config()).toBe(
      [
        profile("123456789011_Admin", "123456789011", "Admin"),
        profile("123456789011_ReadOnly", "123456789011", "ReadOnly"),
        profile("210987654321_ReadOnly", "210987654321", "ReadOnly"),
        sessionSection("corp"),
      ].join("\n"),
    );
  });

  it("selects by globs on names and ids, and leaves out what ! says", async () => {
    const { init, config } = await initWorld();
    await init("corp", "--accounts", "*", "--accounts", "!Prod*", "--roles", "!Admin", "--yes");
    expect(await config()).toBe(
      `${sessionSection("corp")}\n${profile("123456789011_ReadOnly", "123456789011", "ReadOnly")}`,
    );
    const { code, stderr } = await init("corp", "--accounts", "9*", "--yes");
    expect([code, stderr]).toEqual([6, expect.stringContaining("no account and role that is assigned")]);
  });

  it("names profiles by a template", async () => {
    const { init, config } = await initWorld();
    await init("corp", "--all", "--yes", "--profile-name", "{session}/{account_name}-{role_name}");
    expect((await config()).match(/^\[profile .*/gm)).toEqual([
      "[profile corp/Development-Admin]",
      "[profile corp/Development-ReadOnly]",
      "[profile corp/Production-ReadOnly]",
    ]);
  });

  it("lists both sides of a clash and writes nothing", async () => {
    const { init, config } = await initWorld();
    const before = await config();
    const { code, stderr } = await init("corp", "--all", "--yes", "--profile-name", "{role_name}");
    expect(code).toBe(2);
    expect(stderr).toContain(
      "'ReadOnly' would be ReadOnly in 123456789011 (Development) and ReadOnly in 210987654321",
    );
    expect(await config()).toBe(before);
  });

  it("prunes profiles that are no longer assigned, and shows them first", async () => {
    const { init, config, center } = await initWorld();
    await init("corp", "--all", "--yes");
    center.forbid("Admin");
    const before = await config();
    const dry = await init("corp", "--prune", "--dry-run");
    expect(dry.stdout).toContain("-[profile 123456789011_Admin]\n");
    expect(dry.stdout.trimEnd().split("\n").at(-1)).toBe("0 to add, 0 to change, 1 to remove");
    expect(await config()).toBe(before);
    const { stderr } = await init("corp", "--prune");
    expect(stderr).toBe(
      "removed [profile 123456789011_Admin]: Admin in 123456789011 is not assigned any more\n",
    );
    expect(await config()).toBe(
      before.replace(`${profile("123456789011_Admin", "123456789011", "Admin")}\n`, ""),
    );
  });

  it("adopts the AWS CLI's profiles without questions and without a sign-in", async () => {
    const sso = "[profile dev]\nsso_session = corp\nsso_account_id = 123456789011\nsso_role_name = Admin\n";
    const { init, config, center } = await initWorld({ config: sso + sessionSection("corp") });
    expect((await init("corp", "--adopt")).code).toBe(0);
    expect(await config()).toBe(
      `[profile dev]\ncredential_process = sso-cred corp --account-id 123456789011 --role-name Admin\n#sso-cred# sso_session = corp\n#sso-cred# sso_account_id = 123456789011\n#sso-cred# sso_role_name = Admin\n${sessionSection("corp")}`,
    );
    expect(center.requests).toEqual([]);
  });

  it("prints the plan as data with --json", async () => {
    const { init, config } = await initWorld();
    const before = await config();
    const dry = JSON.parse((await init("corp", "--all", "--dry-run", "--json")).stdout);
    expect(dry).toMatchObject({ applied: false, add: 3, change: 0, remove: 0 });
    expect(dry.edits[0]).toEqual({
      action: "add",
      section: "profile 123456789011_Admin",
      profile: "123456789011_Admin",
      before: [],
      after: profile("123456789011_Admin", "123456789011", "Admin").trimEnd().split("\n"),
      reason: "not in the file yet",
    });
    expect(await config()).toBe(before);
    expect(JSON.parse((await init("corp", "--all", "--yes", "--json")).stdout)).toEqual({
      ...dry,
      applied: true,
    });
  });

  it("lists page by page from a portal of 20 requests a second without being throttled", async () => {
    const { init, center, config } = await initWorld({
      center: { accounts: generateAccounts(120, 2), portalRequestsPerSecond: 20 },
    });
    expect((await init("corp", "--all", "--yes")).code).toBe(0);
    expect((await config()).match(/^\[profile /gm)).toHaveLength(240);
    expect(center.requests.filter(({ status }) => status === 429)).toEqual([]);
    expect(center.count("/assignment/accounts")).toBe(2);
    expect(center.count("/assignment/roles")).toBe(120);
  });

  it("continues after an outage in the middle of a listing", async () => {
    const { init, center } = await initWorld({ center: { accounts: generateAccounts(30, 1) } });
    center.misbehave({
      path: "/assignment/roles",
      skip: 12,
      how: { kind: "status", status: 400, body: { message: "no" } },
    });
    expect((await init("corp", "--all", "--yes")).code).toBe(7);
    const asked = center.count("/assignment/roles", ({ status }) => status === 200);
    center.behave();
    center.requests.length = 0;
    expect((await init("corp", "--all", "--yes")).code).toBe(0);
    expect(center.count("/assignment/accounts")).toBe(0);
    expect(center.count("/assignment/roles")).toBe(30 - asked);
  });

  it("signs in once more if the portal rejects the cached token", async () => {
    const { init, center, opened } = await initWorld();
    await init("corp", "--all", "--yes");
    center.revokeSessions();
    expect((await init("corp", "--all", "--yes", "--refresh")).code).toBe(0);
    expect(opened()).toHaveLength(2);
  });
});

describe("init rejects, and leaves the file as it is:", () => {
  const refuses = async (
    config: string | Buffer,
    args: string[],
    message: string | RegExp,
    credentials?: string,
  ) => {
    const { init, home } = await initWorld({ config: "" });
    await home.write(CONFIG, "");
    const { writeFile } = await import("node:fs/promises");
    await writeFile(home.configFile, config);
    if (credentials !== undefined) await home.write(".aws/credentials", credentials);
    const { code, stderr } = await init(...args);
    expect(code).toBe(3);
    expect(stderr).toMatch(message);
    expect(await readFile(home.configFile)).toEqual(Buffer.from(config as string));
    expect(await home.exists(".aws/config.sso-cred.bak")).toBe(false);
  };

  it("a profile of that name that is not ours", () =>
    refuses(
      `[profile dev]\nregion = x\n${sessionSection("corp")}`,
      ["corp", ...ONE],
      /already has \[profile dev\]/,
    ));
  it("static keys for that name in the credentials file", () =>
    refuses(
      sessionSection("corp"),
      ["corp", ...ONE],
      /credentials has aws_access_key_id for \[dev\]/,
      "[dev]\naws_access_key_id = AKIA\naws_secret_access_key = y\n",
    ));
  it("flags that contradict the session", () =>
    refuses(
      sessionSection("corp"),
      ["corp", "--sso-region", "us-east-1", ...ONE],
      /sso_region = eu-west-1, not us-east-1/,
    ));
  it("flags that contradict the session, before the sign-in", async () => {
    const { init, center, opened } = await initWorld();
    const { code, stderr } = await init(
      "corp",
      "--start-url",
      "https://other.awsapps.com/start",
      "--all",
      "--yes",
    );
    expect([code, center.requests, opened()]).toEqual([3, [], []]);
    expect(stderr).toContain(`has sso_start_url = ${START_URL}, not https://other.awsapps.com/start`);
  });
  it("the name of a profile that is not ours, before the sign-in", async () => {
    const { init, center } = await initWorld({
      config: `[profile dev]\nregion = x\n${sessionSection("corp")}`,
    });
    const { code, stderr } = await init("corp", "--yes", "--profile-name", "dev");
    expect([code, center.requests]).toEqual([3, []]);
    expect(stderr).toContain("already has [profile dev], not written for this session");
  });
  it("a header that is not closed", () =>
    refuses(`${sessionSection("corp")}[profile x\n`, ["corp", ...ONE], /config, line 5, opens a section/));
});

it("the remedy for a new session without a sign-in can be run unchanged", async () => {
  const { init, call, config } = await initWorld({ config: "", env: { CI: "true" } });
  const { code, stderr } = await init("corp", ...NEW_SESSION, "--all", "--yes");
  expect(code).toBe(4);
  const run = /^ {2}run: (.*)$/m.exec(stderr)?.[1] ?? "";
  const commands = run.split(" && ").map((command) => splitCommandLine(command).slice(1));
  expect(commands).toHaveLength(2);
  for (const args of commands) expect((await call(args)).code).toBe(0);
  expect((await init("corp", "--all", "--yes")).code).toBe(0);
  expect(await config()).toContain(sessionSection("corp"));
});

describe("the command in an error message", () => {
  const sections = ["two words", "-odd"].map((name) => sessionSection(`'${name}'`)).join("\n");
  it.each([
    ["two words", '"two words"'],
    ["-odd", "--sso-session=-odd"],
  ])("quotes the session %j for a shell", async (name, typed) => {
    const { init, center } = await initWorld({ config: sections });
    const flag = `--sso-session=${name}`;
    const none = await init(flag, "--accounts", "9*", "--yes");
    expect(none.stderr).toContain(`run: sso-cred list ${typed}\n`);
    const role = await init(flag, "--account-id", "210987654321", "--role-name", "None", "--yes", "--prune");
    expect(role.stderr).toContain(`run: sso-cred logout ${typed}\n`);
    center.accounts = [];
    expect((await init(flag, "--prune")).stderr).toContain(`run: sso-cred logout ${typed}\n`);
  });
});

describe("init names the file that it cannot write:", () => {
  it.each([
    ["a device", "/dev/null", /\/dev\/null is not a regular file/],
    ["a folder", "HOME", /is a folder, not a file/],
    ["a place that cannot be made", "HOME/.aws/config/deeper", /deeper cannot be replaced \(E[A-Z]+\)/],
  ])("%s", async (_what, path, message) => {
    const { call, home } = await initWorld();
    const env = { AWS_CONFIG_FILE: path.replace("HOME", home.path) };
    const args = ["init", "corp", ...NEW_SESSION, "--scopes", "sso:account:access", ...ONE, ...BARE];
    const { code, stderr } = await call(args, { env });
    expect(code).toBe(3);
    expect(stderr).toMatch(message);
  });
});

describe("hostile names from the portal", () => {
  const evil = "x\u001b]0;t\u0007\n[profile evil]\ncredential_process = sh\u202e \"'$(reboot)";
  const accounts = [
    { accountId: "123456789011", accountName: evil, emailAddress: evil, roles: ["Admin", evil] },
  ];

  it("never become lines of the config, nor reach the terminal unchanged", async () => {
    const { init, config, call } = await initWorld({ center: { accounts } });
    const { code, stdout, stderr } = await init(
      "corp",
      "--all",
      "--yes",
      "--profile-name",
      "{account_name}_{role_name}",
    );
    expect(code).toBe(0);
    expect(await config()).toBe(
      `${sessionSection("corp")}\n${profile("x-0-t-profile-evil-credential_process-sh-reboot_Admin", "123456789011", "Admin")}`,
    );
    const listed = await call(["list"]);
    const json = await call(["list", "--json"]);
    const shown = [stdout, stderr, listed.stdout, listed.stderr, json.stdout].join("");
    expect(shown.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(listed.stdout.split("\n")).toHaveLength(4);
    expect(
      JSON.parse(json.stdout)
        .map(({ roleName }: { roleName: string }) => roleName)
        .sort(),
    ).toEqual(["Admin", evil]);
  });
});

const FORBIDDEN = {
  kind: "status",
  status: 403,
  body: { message: "No access", __type: "com.amazonaws.switchboard.portal#ForbiddenException" },
} as const;

describe("a portal that", () => {
  it("assigns a role after a run that missed it is asked anew", async () => {
    const { init, center } = await initWorld();
    const [first, ...others] = center.accounts;
    center.accounts = others;
    const one = ["corp", "--account-id", "123456789011", "--yes", "--role-name", "Admin", "--prune"];
    expect((await init(...one)).stderr).toContain("account 123456789011 is not among");
    center.accounts = [first as (typeof others)[number], ...others];
    expect((await init(...one)).code).toBe(0);
  });

  it("assigns a role after a listing of minutes ago is asked again before the role is rejected", async () => {
    const { init, call, center } = await initWorld();
    const [first, ...others] = center.accounts;
    center.accounts = others;
    await call(["list"]);
    center.accounts = [first as (typeof others)[number], ...others];
    const { code, stderr } = await init(
      "corp",
      "--account-id",
      "123456789011",
      "--role-name",
      "Admin",
      "--yes",
      "--profile-name",
      "{account_name}",
    );
    expect([code, stderr]).toEqual([0, "Accounts and roles as listed just now; --refresh asks anew.\n"]);
  });

  it("takes a role away after a listing of minutes ago is asked anew by --prune", async () => {
    const { init, config, center } = await initWorld();
    await init("corp", "--all", "--yes");
    center.forbid("Admin");
    const { code, stderr } = await init("corp", "--prune");
    expect([code, stderr]).toEqual([0, expect.not.stringContaining("as listed")]);
    expect(await config()).not.toContain("Admin");
  });

  it("lists no account at all does not make --prune remove everything", async () => {
    const { init, config, center } = await initWorld();
    await init("corp", "--all", "--yes");
    const before = await config();
    center.accounts = [];
    const { code, stderr } = await init("corp", "--prune");
    expect([code, stderr]).toEqual([
      6,
      "sso-cred: No AWS accounts are available to you; signed in as somebody else?\n  run: sso-cred logout corp\n",
    ]);
    expect(await config()).toBe(before);
  });

  it("does not list the roles of one account leaves that account's profiles as they are with --prune", async () => {
    const { init, config, center } = await initWorld();
    await init("corp", "--all", "--yes");
    const before = await config();
    center.forbid("Admin");
    center.misbehave({ path: "/assignment/roles", skip: 1, times: 1, how: FORBIDDEN });
    const { code, stdout, stderr } = await init("corp", "--prune");
    expect([code, stdout.split("\n")[0]]).toEqual([
      0,
      expect.stringContaining("0 added, 0 changed, 1 removed"),
    ]);
    expect(stderr).toBe(
      "Left as they are: the profiles of account 210987654321, whose roles the portal does not list.\n" +
        "removed [profile 123456789011_Admin]: Admin in 123456789011 is not assigned any more\n",
    );
    expect(await config()).toBe(
      before.replace(`${profile("123456789011_Admin", "123456789011", "Admin")}\n`, ""),
    );
  });

  it("lists the roles of no account does not make --prune remove anything", async () => {
    const { init, config, center } = await initWorld();
    await init("corp", "--all", "--yes");
    const before = await config();
    center.misbehave({ path: "/assignment/roles", how: FORBIDDEN });
    expect((await init("corp", "--prune")).stdout).toContain("Nothing to change");
    expect(await config()).toBe(before);
  });

  it("breaks down in the middle of a listing does not make --prune remove anything", async () => {
    const { init, config, center } = await initWorld();
    await init("corp", "--all", "--yes");
    const before = await config();
    center.forbid("Admin");
    center.misbehave({ path: "/assignment/roles", skip: 1, how: { kind: "captivePortal" } });
    expect((await init("corp", "--prune")).code).toBe(7);
    expect(await config()).toBe(before);
  });

  it("does not list the roles of one account loses only that account, which is named", async () => {
    const { init, config, center } = await initWorld();
    center.misbehave({ path: "/assignment/roles", skip: 1, times: 1, how: FORBIDDEN });
    const { code, stdout, stderr } = await init("corp", "--all", "--yes");
    expect([code, stderr]).toEqual([
      0,
      "Left out: account 210987654321, whose roles the portal does not list (ForbiddenException: No access).\n",
    ]);
    expect(stdout).toContain("2 added, 0 changed, 0 removed");
    expect((await config()).match(/^\[profile .*/gm)).toEqual([
      "[profile 123456789011_Admin]",
      "[profile 123456789011_ReadOnly]",
    ]);
    center.behave();
    expect((await init("corp", "--all", "--yes")).stdout).toContain("1 added, 0 changed, 0 removed");
  });

  it("does not list the roles of one account keeps that account's profiles with --all and with --prune", async () => {
    const { init, config, center } = await initWorld();
    await init("corp", "--all", "--yes");
    const before = await config();
    for (const flags of [["--all"], ["--all", "--prune"], ["--prune"]]) {
      center.misbehave({ path: "/assignment/roles", skip: 1, times: 1, how: FORBIDDEN });
      const { code, stdout } = await init("corp", ...flags, "--yes");
      center.behave();
      expect([code, stdout.split("\n")[0]]).toEqual([0, expect.stringContaining("Nothing to change")]);
    }
    expect(await config()).toBe(before);
  });

  it("does not list the roles of many accounts makes init name the first ten, in one line", async () => {
    const { init, config, center } = await initWorld({ center: { accounts: generateAccounts(30, 1) } });
    await init("corp", "--all", "--yes");
    const before = await config();
    center.misbehave({ path: "/assignment/roles", skip: 15, how: FORBIDDEN });
    const { code, stderr } = await init("corp", "--all", "--prune", "--yes");
    const named = "\\d{12}(, \\d{12}){9} and 5 more, whose roles the portal does not list";
    expect(code).toBe(0);
    expect(stderr).toMatch(
      new RegExp(
        `^Left as they are: the profiles of the accounts ${named}.\nLeft out: the accounts ${named} \\(.*No access\\).\n$`,
      ),
    );
    expect(await config()).toBe(before);
  });

  it("does not list the roles of any account ends init with 6, and nothing is written", async () => {
    const { init, config, center } = await initWorld();
    const before = await config();
    center.misbehave({ path: "/assignment/roles", how: FORBIDDEN });
    const all = await init("corp", "--all", "--yes");
    expect([all.code, all.stderr]).toEqual([
      6,
      "sso-cred: the portal lists the roles of none of the 2 accounts (ForbiddenException: No access); signed in as somebody else?\n" +
        "  run: sso-cred logout corp\n",
    ]);
    const one = await init("corp", "--account-id", "210987654321", "--yes");
    expect([one.code, one.stderr]).toEqual([
      6,
      expect.stringContaining("the portal does not list the roles of account 210987654321"),
    ]);
    expect(await config()).toBe(before);
  });
});
