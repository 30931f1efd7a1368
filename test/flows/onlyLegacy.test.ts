import { describe, expect, it } from "vitest";
import { START_URL, tokenPath } from "../support/home.ts";
import { signInWorld } from "../support/signInWorld.ts";

const legacy = (name: string, startUrl = START_URL) =>
  `[profile ${name}]\nsso_start_url = ${startUrl}\nsso_region = eu-west-1\nsso_account_id = 123456789011\nsso_role_name = ReadOnly\n`;

describe("a config with legacy profiles only", () => {
  it("has one session, which need not be named", async () => {
    const { call, home } = await signInWorld({ config: legacy("old") + legacy("older") });
    expect((await call(["login"])).stdout).toContain(`Signed in to '${START_URL}'`);
    expect(await home.exists(tokenPath(START_URL))).toBe(true);
    expect((await call(["list"])).stdout).toContain("ReadOnly");
    expect((await call(["status"])).stdout).toContain(`${START_URL}: signed in`);
    expect((await call(["logout"])).stdout).toBe(`Signed out of '${START_URL}'.\n`);
    expect(await home.exists(tokenPath(START_URL))).toBe(false);
  });

  it("with several start URLs needs the name of one", async () => {
    const config = legacy("old") + legacy("other", "https://d-0000000000.awsapps.com/start");
    const { call, home } = await signInWorld({ config });
    for (const command of ["login", "logout", "list"]) {
      const { code, stderr } = await call([command]);
      expect([code, stderr]).toEqual([
        2,
        `sso-cred: which session? ${home.configFile} has profiles with several start URLs: name one with --profile\n`,
      ]);
    }
  });
});
