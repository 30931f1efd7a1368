import { chmod, mkdir, readlink, rename, stat, symlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { profile, START_URL, sessionSection } from "../support/home.ts";
import { ANSWERS, BARE, initWorld, NEW_SESSION, ONE } from "../support/initWorld.ts";

describe("init with every answer in flags", () => {
  it("writes the profile and the session to a new file, and says how to use it", async () => {
    const { init, config, home, center } = await initWorld({ config: "" });
    const scopes = ["--scopes", "sso:account:access"];
    const { code, stdout, stderr } = await init("corp", ...NEW_SESSION, ...scopes, ...ONE);
    expect([code, stderr]).toEqual([0, ""]);
    expect(await config()).toBe(`${profile("dev", "123456789011", "Admin")}\n${sessionSection("corp")}`);
    expect(stdout).toBe(
      `${home.configFile}: 1 added, 0 changed, 0 removed\n\n` +
        "To use this profile, specify the profile name using --profile, as shown:\n\naws s3 ls --profile dev\n",
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

  it("doubts a flag's region once", async () => {
    const { init } = await initWorld({ config: sessionSection("corp") });
    const { code, stderr } = await init("corp", ...ONE, "--region", "eu-wst-1");
    const doubt = "--region eu-wst-1: Not a region I know; did you mean eu-west-1?\n";
    expect([code, stderr]).toEqual([0, doubt]);
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
