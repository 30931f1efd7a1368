import { describe, expect, it } from "vitest";
import { generateAccounts } from "../identityCenter/accounts.ts";
import { profile, sessionSection } from "../support/home.ts";
import { initWorld, NEW_SESSION } from "../support/initWorld.ts";

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
      "removed [profile 123456789011_Admin]: Admin in 123456789011 is no longer assigned\n",
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
