import { describe, expect, it } from "vitest";
import { START_URL, sessionSection } from "../support/home.ts";
import { signInWorld } from "../support/signInWorld.ts";

const OURS =
  "[profile dev]\ncredential_process = sso-cred corp --account-id 123456789011 --role-name Admin\n";
const SSO = "[profile old]\nsso_session = corp\nsso_account_id = 210987654321\nsso_role_name = ReadOnly\n";

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

  it("takes the session of a profile, legacy ones too", async () => {
    const legacy = `[profile legacy]\nsso_start_url = ${START_URL}\nsso_region = eu-west-1\n`;
    const { call } = await signInWorld({ config: OURS + legacy + sessionSection("corp") });
    expect((await call(["list", "--profile", "dev"])).stdout).toContain("Admin     dev\n");
    expect((await call(["list", "--profile", "legacy"])).stdout).toContain("Production");
  });

  it("without a session and with several says which there are", async () => {
    const { call } = await signInWorld({ config: sessionSection("corp") + sessionSection("other") });
    const { code, stderr, stdout } = await call(["list"]);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("corp, other");
  });

  it("says why when the portal lists nothing to this person", async () => {
    const { call, center } = await signInWorld();
    const body = { message: "No access", __type: "com.amazonaws.switchboard.portal#ForbiddenException" };
    center.misbehave({ path: "/assignment/accounts", how: { kind: "status", status: 403, body } });
    const { code, stderr } = await call(["list"]);
    expect(code).toBe(6);
    expect(stderr).toMatch(
      /does not list accounts and roles \(.*No access\).*\n {2}run: sso-cred logout corp\n$/,
    );
  });
});
