import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { profile, START_URL, sessionSection } from "../support/home.ts";
import { initWorld, NEW_SESSION } from "../support/initWorld.ts";

const LEGACY = `[profile old]\nsso_start_url = ${START_URL}\nsso_region = eu-west-1\nsso_account_id = 123456789011\nsso_role_name = ReadOnly\n\n`;
const GRANTED = `[profile granted]\ncredential_process = granted credential-process --profile granted\ngranted_sso_start_url = ${START_URL}\ngranted_sso_region = eu-west-1\ngranted_sso_account_id = 123456789011\ngranted_sso_role_name = ReadOnly\n\n`;

describe("init --adopt and --revert", () => {
  it("convert existing profiles into ours, which work, and back, byte for byte", async () => {
    const before = `# mine\n${LEGACY}${GRANTED}${sessionSection("corp")}`;
    const { init, call, config, home, center } = await initWorld({ config: before });
    const { code, stdout } = await init("corp", "--adopt");
    expect([code, center.requests]).toEqual([0, []]);
    expect(stdout).toContain("0 added, 2 changed, 0 removed");
    for (const name of ["old", "granted"]) expect((await call(["--profile", name])).code).toBe(0);
    const preview = await call(["init", "--revert", "--dry-run"]);
    expect(preview.stdout).toContain("0 to add, 2 to change, 0 to remove");
    const back = await call(["init", "--revert"]);
    expect([back.code, back.stderr]).toEqual([
      0,
      "changed [profile old]: back to its own lines\nchanged [profile granted]: back to its own lines\n",
    ]);
    expect(await config()).toBe(before);
    expect(await readFile(`${home.configFile}.sso-cred.bak`, "utf8")).toContain("#sso-cred# sso_role_name");
    expect((await call(["--profile", "old"])).code).toBe(0);
  });

  it("of one session leaves the others unchanged", async () => {
    const other = profile("b", "123456789011", "Admin").replace("sso-cred corp", "sso-cred other");
    const { call, config } = await initWorld({ config: `${profile("a", "123456789011", "Admin")}${other}` });
    expect((await call(["init", "--revert", "corp"])).code).toBe(0);
    expect(await config()).toBe(
      `[profile a]\nsso_session = corp\nsso_account_id = 123456789011\nsso_role_name = Admin\nregion = eu-west-1\noutput = json\n${other}`,
    );
    expect((await call(["init", "--revert", "corp"])).stdout).toContain("Nothing to change");
  });
});

describe("init --repair", () => {
  it("brings the command in every profile of ours up to date, asks nothing, adds nothing", async () => {
    const stale = (text: string) => text.replace("= sso-cred", "= /gone/sso-cred");
    const both = [profile("a", "123456789011", "Admin"), profile("b", "123456789011", "ReadOnly")];
    const { init, config, center } = await initWorld({ config: both.map(stale).join("\n") });
    const { code, stderr } = await init("--repair");
    expect([code, center.requests]).toEqual([0, []]);
    expect(stderr).toContain("changed [profile a]: the command was /gone/sso-cred");
    expect(await config()).toBe(both.join("\n"));
    expect((await init("--repair")).stdout).toContain("Nothing to change");
  });
});

describe("init --session-only", () => {
  it("writes the session and nothing else, without a sign-in", async () => {
    const { init, config, center, opened } = await initWorld({ config: "" });
    const { code, stdout } = await init("corp", "--session-only", "--yes", ...NEW_SESSION);
    expect([code, center.requests, opened()]).toEqual([0, [], []]);
    expect(stdout).toContain("config: [sso-session corp] added\n");
    expect(await config()).toBe(sessionSection("corp"));
    expect((await init("corp", "--session-only", "--yes")).stdout).toContain("Nothing to change");
  });

  it("names the flag of a missing answer", async () => {
    const { init } = await initWorld({ config: "" });
    const { code, stderr } = await init("corp", "--session-only");
    expect([code, stderr]).toEqual([2, "sso-cred: there is no terminal to ask on: give --start-url\n"]);
  });
});

it.each([
  [["--revert", "--all"], "--revert cannot be combined with --all"],
  [["--repair", "--adopt"], "--repair cannot be combined with --adopt"],
  [["--session-only", "--account-id", "123456789011"], "--session-only cannot be combined with --account-id"],
])("init %j is a usage error", async (args, message) => {
  const { code, stderr } = await (await initWorld()).call(["init", ...args]);
  expect([code, stderr]).toEqual([2, `sso-cred: ${message}\n`]);
});

it.each(["--revert", "--repair"])("init %s names a session that is nowhere in the config", async (flag) => {
  const { call, home } = await initWorld({ config: sessionSection("corp") });
  const { code, stdout, stderr } = await call(["init", flag, "crop"]);
  expect([code, stdout, stderr.replaceAll(home.path, "~")]).toEqual([
    3,
    "",
    "sso-cred: ~/.aws/config has no [sso-session crop]; did you mean corp (line 1)?\n",
  ]);
});

it("a role that has a profile of ours keeps its name where no other is given", async () => {
  const before = `${sessionSection("corp")}${profile("dev", "123456789011", "ReadOnly")}`;
  const { init, config } = await initWorld({ config: before });
  const role = ["--account-id", "123456789011", "--role-name", "ReadOnly", "--yes"];
  const { code, stdout } = await init("corp", ...role);
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^Nothing to change.* --profile dev\n$/s)]);
  expect(await config()).toBe(before);
  expect((await init("corp", ...role, "--profile-name", "second")).code).toBe(0);
  expect(await config()).toBe(`${before}\n${profile("second", "123456789011", "ReadOnly")}`);
});
