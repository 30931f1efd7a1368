import { describe, expect, it } from "vitest";
import { generateAccounts } from "../identityCenter/accounts.ts";
import { profile } from "../support/home.ts";
import { initWorld } from "../support/initWorld.ts";

const FORBIDDEN = {
  kind: "status",
  status: 403,
  body: { message: "No access", __type: "com.amazonaws.switchboard.portal#ForbiddenException" },
} as const;

/** A world with a profile for every role; `before` is its config. */
async function initialised() {
  const world = await initWorld();
  await world.init("corp", "--all", "--yes");
  return { ...world, before: await world.config() };
}

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
    expect([code, stderr]).toEqual([0, "Accounts and roles as listed just now; --refresh asks again.\n"]);
  });

  it("takes a role away after a listing of minutes ago is asked anew by --prune", async () => {
    const { init, config, center } = await initialised();
    center.forbid("Admin");
    const { code, stderr } = await init("corp", "--prune");
    expect([code, stderr]).toEqual([0, expect.not.stringContaining("as listed")]);
    expect(await config()).not.toContain("Admin");
  });

  it("lists no account at all does not make --prune remove everything", async () => {
    const { init, config, center, before } = await initialised();
    center.accounts = [];
    const { code, stderr } = await init("corp", "--prune");
    expect([code, stderr]).toEqual([
      6,
      "sso-cred: No AWS accounts are available to you; signed in as somebody else?\n  run: sso-cred logout corp\n",
    ]);
    expect(await config()).toBe(before);
  });

  it("does not list the roles of one account leaves that account's profiles as they are with --prune", async () => {
    const { init, config, center, before } = await initialised();
    center.forbid("Admin");
    center.misbehave({ path: "/assignment/roles", skip: 1, times: 1, how: FORBIDDEN });
    const { code, stdout, stderr } = await init("corp", "--prune");
    expect([code, stdout.split("\n")[0]]).toEqual([
      0,
      expect.stringContaining("0 added, 0 changed, 1 removed"),
    ]);
    expect(stderr).toBe(
      "Left as they are: the profiles of account 210987654321, whose roles the portal does not list.\n" +
        "removed [profile 123456789011_Admin]: Admin in 123456789011 is no longer assigned\n",
    );
    expect(await config()).toBe(
      before.replace(`${profile("123456789011_Admin", "123456789011", "Admin")}\n`, ""),
    );
  });

  it("lists the roles of no account does not make --prune remove anything", async () => {
    const { init, config, center, before } = await initialised();
    center.misbehave({ path: "/assignment/roles", how: FORBIDDEN });
    expect((await init("corp", "--prune")).stdout).toContain("Nothing to change");
    expect(await config()).toBe(before);
  });

  it("breaks down in the middle of a listing does not make --prune remove anything", async () => {
    const { init, config, center, before } = await initialised();
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
    const { init, config, center, before } = await initialised();
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
      "sso-cred: the portal does not list the roles of any of the 2 accounts (ForbiddenException: No access); signed in as somebody else?\n" +
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
