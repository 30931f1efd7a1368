import { stat } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { START_URL, sessionSection, sha1 } from "../support/home.ts";
import { signedInWorld } from "../support/signedIn.ts";
import { signInWorld } from "../support/signInWorld.ts";

const OURS =
  "[profile dev]\ncredential_process = sso-cred corp --account-id 123456789011 --role-name Admin\n";
const SSO = "[profile old]\nsso_session = corp\nsso_account_id = 210987654321\nsso_role_name = ReadOnly\n";
const LISTING = `.aws/sso-cred/inventory-${sha1("corp")}.json`;

describe("list", () => {
  it("shows every account and role with the profile that has it", async () => {
    const { call } = await signInWorld({ config: OURS + SSO + sessionSection("corp") });
    expect(await call(["list"])).toMatchObject({
      code: 0,
      stderr: "",
      stdout: [
        "Account      ID            Role      Profile",
        "Development  123456789011  Admin     dev",
        "Development  123456789011  ReadOnly",
        "Production   210987654321  ReadOnly  old",
        "",
      ].join("\n"),
    });
  });

  it("filters as init does, and asks the portal only for the accounts it needs", async () => {
    const { call, center } = await signInWorld();
    const { stdout } = await call(["list", "corp", "--accounts", "Dev*", "--roles", "!Admin", "--json"]);
    expect(JSON.parse(stdout)).toEqual([
      {
        accountId: "123456789011",
        accountName: "Development",
        emailAddress: "dev@example.com",
        roleName: "ReadOnly",
        profiles: [],
      },
    ]);
    expect(center.count("/assignment/roles")).toBe(1);
    expect(JSON.parse((await call(["list", "--accounts", "nothing", "--json"])).stdout)).toEqual([]);
  });

  it("says that nothing is assigned, instead of an empty table", async () => {
    const { call, center } = await signInWorld();
    expect(await call(["list", "--accounts", "nothing"])).toMatchObject({
      code: 0,
      stdout: "",
      stderr: "No account and role is assigned to you in 'corp' that matches the request.\n",
    });
    center.accounts = [];
    expect((await call(["list", "--refresh"])).stderr).toBe(
      "No account and role is assigned to you in 'corp'.\n",
    );
  });

  it("takes the session of a profile, legacy ones too", async () => {
    const legacy = `[profile legacy]\nsso_start_url = ${START_URL}\nsso_region = eu-west-1\n`;
    const { call } = await signInWorld({ config: OURS + legacy + sessionSection("corp") });
    expect((await call(["list", "--profile", "dev"])).stdout).toContain("Admin     dev\n");
    expect((await call(["list", "--profile", "legacy"])).stdout).toContain("Production");
  });

  it("serves the next run for ten minutes and says how old it is; --refresh asks again", async () => {
    const { call, center, clock, home } = await signInWorld();
    const first = await call(["list"]);
    expect((await stat(`${home.path}/${LISTING}`)).mode & 0o777).toBe(0o600);
    center.forbid("Admin");
    center.requests.length = 0;
    clock.advance(3 * 60_000);
    const age = "Accounts and roles as listed 3 min ago; --refresh asks again.\n";
    expect(await call(["list"])).toEqual({ ...first, stderr: age, ms: 0 });
    const { stdout, stderr } = await call(["list", "--json"]);
    expect([JSON.parse(stdout).length, stderr]).toEqual([3, age]);
    expect(center.requests).toEqual([]);

    const anew = await call(["list", "--refresh"]);
    expect([anew.stderr, anew.stdout]).toEqual(["", expect.not.stringContaining("Admin")]);
    clock.advance(9 * 60_000);
    expect(await call(["list"])).toEqual({ ...anew, stderr: age.replace("3", "9"), ms: 0 });
    center.requests.length = 0;
    clock.advance(60_000);
    expect(await call(["list"])).toEqual(anew);
    expect(center.count("/assignment/accounts")).toBe(1);
  });

  it("of one person does not serve another, nor the same one after a logout", async () => {
    const { call, center, home } = await signInWorld();
    await call(["list"]);
    await call(["login", "corp"]);
    expect((await call(["list"])).stderr).not.toContain("as listed");
    await call(["logout", "corp"]);
    expect(await home.exists(LISTING)).toBe(false);
    expect((await call(["list"])).code).toBe(0);
    expect(center.count("/assignment/accounts")).toBe(3);
  });

  it("works if its file can be neither written nor removed", async () => {
    const { call, home } = await signInWorld();
    await home.write(`${LISTING}/in-the-way`, "");
    expect(await call(["list"])).toMatchObject({ code: 0, stderr: "" });
  });

  it("without a session and with several says which there are", async () => {
    const { call } = await signInWorld({ config: sessionSection("corp") + sessionSection("other") });
    const { code, stderr, stdout } = await call(["list"]);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("corp, other");
  });

  it("names the reason if the portal lists nothing for this person", async () => {
    const { call, center } = await signInWorld();
    const body = { message: "No access", __type: "com.amazonaws.switchboard.portal#ForbiddenException" };
    center.misbehave({ path: "/assignment/accounts", how: { kind: "status", status: 403, body } });
    const { code, stderr } = await call(["list"]);
    expect(code).toBe(6);
    expect(stderr).toMatch(
      /does not list accounts and roles \(.*No access\).*\n {2}run: sso-cred logout corp\n$/,
    );
  });

  it("names the settings if the portal rejects every new token, and holds back the next tab", async () => {
    const world = await signInWorld();
    const body = { message: "No session", __type: "UnauthorizedException" };
    const how = { kind: "status", status: 401, body } as const;
    world.center.misbehave({ path: "/assignment/accounts", how });
    const refusal =
      "sso-cred: the portal refuses every new token of 'corp': check sso_start_url (https://d-1234567890.awsapps.com/start) and sso_region (eu-west-1) in [sso-session corp], and whether the user is disabled\n  run: sso-cred login corp\n";
    expect(await world.call(["list"])).toMatchObject({ code: 5, stdout: "", stderr: refusal });
    world.center.misbehave({ path: "/federation/credentials", how });
    expect(await world.call()).toMatchObject({ code: 5, stderr: refusal });
    expect(world.opened()).toHaveLength(1);
    await world.settled();
  });

  it("asks a person to sign in if the portal also rejects the refreshed token", async () => {
    const world = await signedInWorld();
    const body = { message: "No session", __type: "UnauthorizedException" };
    const how = { kind: "status", status: 401, body } as const;
    world.center.misbehave({ path: "/assignment/accounts", times: 2, how });
    expect(await world.call(["list"])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("ReadOnly"),
    });
    expect(world.opened()).toHaveLength(1);
    // One refresh, one sign-in.
    expect(world.center.count("/token")).toBe(2);
    expect(await world.traces()).toEqual([LISTING.replace(".aws/sso-cred/", "")]);
    await world.settled();
  });

  it("names the scope that the session lacks if the portal lists nothing", async () => {
    const config = sessionSection("corp").replace("sso:account:access", "openid");
    const scope = "sso_registration_scopes in [sso-session corp] lacks sso:account:access";
    for (const [status, code] of [
      [403, 6],
      [401, 5],
    ] as const) {
      const { call, center } = await signInWorld({ config });
      const body = { message: "No scope", __type: "UnauthorizedException" };
      center.misbehave({ path: "/assignment/accounts", how: { kind: "status", status, body } });
      const listed = await call(["list"]);
      expect([listed.code, listed.stderr]).toEqual([code, expect.stringContaining(scope)]);
    }
  });

  describe("where the portal does not list", () => {
    const body = { message: "No access", __type: "com.amazonaws.switchboard.portal#ForbiddenException" };
    const how = { kind: "status", status: 403, body } as const;

    it("one account, shows the others and names it, also with --json", async () => {
      const { call, center } = await signInWorld();
      const left =
        "Left out: account 123456789011, whose roles the portal does not list (ForbiddenException: No access).\n";
      center.misbehave({ path: "/assignment/roles", times: 1, how });
      expect(await call(["list"])).toMatchObject({
        code: 0,
        stderr: left,
        stdout: "Account     ID            Role      Profile\nProduction  210987654321  ReadOnly\n",
      });
      center.misbehave({ path: "/assignment/roles", times: 1, how });
      const { code, stdout, stderr } = await call(["list", "--refresh", "--json"]);
      expect([code, stderr]).toEqual([0, left]);
      expect(JSON.parse(stdout)).toMatchObject([{ accountId: "210987654321" }]);
    });

    it("every requested account, ends with 6", async () => {
      const { call, center } = await signInWorld();
      center.misbehave({ path: "/assignment/roles", how });
      expect(await call(["list"])).toMatchObject({
        code: 6,
        stdout: "",
        stderr:
          "sso-cred: the portal does not list the roles of any of the 2 accounts (ForbiddenException: No access); signed in as somebody else?\n" +
          "  run: sso-cred logout corp\n",
      });
      expect((await call(["list", "--accounts", "Prod*"])).stderr).toContain(
        "does not list the roles of account 210987654321",
      );
    });

    it("one account and then breaks down, ends with 7", async () => {
      const { call, center } = await signInWorld();
      center.misbehave({ path: "/assignment/roles", times: 1, how });
      center.misbehave({ path: "/assignment/roles", how: { kind: "captivePortal" } });
      expect(await call(["list"])).toMatchObject({ code: 7, stdout: "" });
    });
  });
});
