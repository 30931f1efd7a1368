import type { Expect, Report } from "../stress/report.ts";
import { SESSION } from "../stress/stage.ts";
import { isAtLeast } from "./awsCli.ts";
import type { Program } from "./installation.ts";
import { browserForAws, expectRole, rowsOf, type World, whoAmI } from "./world.ts";

/** `aws sso login` and `logout` beside our own. Each tool sees the other's changes. */
export async function sharedLogins(aws: Program, report: Report): Promise<void> {
  const row = rowsOf(aws.name, report);

  await row("aws sso login, then we need nobody", async (world, expect) => {
    await awsSignIn(world, expect);
    const tabs = world.browser.opened().length;
    const { code, stderr } = await world.call().done;
    expect(code === 0, `ours: exit ${code}: ${stderr.trim()}`);
    expect(world.browser.opened().length === tabs, "we opened a tab of our own");
    return "no tab of ours";
  });
  await row("our login, then aws needs nobody", async (world, expect) => {
    const { code, stderr } = await world.start(["login", SESSION]).done;
    expect(code === 0, `our login: exit ${code}: ${stderr.trim()}`);
    expectRole(expect, await world.client(aws, whoAmI(world.center, "sso")));
    return "signed in";
  });
  await row("our role credentials serve aws", async (world, expect) => {
    await world.call().done;
    expectRole(expect, await world.client(aws, whoAmI(world.center, "sso")));
    const portal = world.center.count("/federation/credentials");
    expect(portal === 1, `${portal} portal calls`);
    return "1 portal call for both";
  });
  await row("aws's role credentials serve us", async (world, expect) => {
    await awsSignIn(world, expect);
    expectRole(expect, await world.client(aws, whoAmI(world.center, "sso")));
    const { code, stderr } = await world.call().done;
    expect(code === 0, `ours: exit ${code}: ${stderr.trim()}`);
    const portal = world.center.count("/federation/credentials");
    expect(portal === 1, `${portal} portal calls`);
    return "1 portal call for both";
  });
  await row("aws sso logout signs us out", async (world, expect) => {
    await world.call().done;
    const { code, stderr } = await world.client(aws, ["sso", "logout"]);
    expect(code === 0, `aws sso logout: exit ${code}: ${stderr.trim()}`);
    const status = await world.start(["status", SESSION]).done;
    expect(status.code === 4, `status: exit ${status.code}: ${status.stdout}`);
    const { code: after } = await world.call({ env: { SSO_CRED_LOGIN: "never" } }).done;
    expect(after === 4, `our call: exit ${after}: cached credentials outlived the logout`);
    return "exit 4 afterwards";
  });
  await row("our logout signs aws out", async (world, expect) => {
    await awsSignIn(world, expect);
    expectRole(expect, await world.client(aws, whoAmI(world.center, "sso")));
    const { code, stderr } = await world.start(["logout", SESSION]).done;
    expect(code === 0, `our logout: exit ${code}: ${stderr.trim()}`);
    const after = await world.client(aws, whoAmI(world.center, "sso"));
    expect(after.code !== 0, "aws still has credentials");
    return after.stderr.trim().split("\n").at(-1)?.slice(0, 80) ?? "";
  });

  // The authorization code grant and its registration came with 2.22.
  if (isAtLeast(aws.name, 22)) {
    await row("one client registration serves both", async (world, expect) => {
      await awsSignIn(world, expect);
      const { code, stderr } = await world.start(["login", SESSION]).done;
      expect(code === 0, `our login: exit ${code}: ${stderr.trim()}`);
      await awsSignIn(world, expect);
      const registrations = world.center.count("/client/register");
      expect(registrations === 1, `${registrations} registrations`);
      const signIns = world.center.count("/authorize");
      expect(signIns === 3, `${signIns} sign-ins`);
      return "3 sign-ins, 1 registration";
    });
  }

  async function awsSignIn(world: World, expect: Expect): Promise<void> {
    const words = ["sso", "login", "--sso-session", SESSION];
    const { code, stdout, stderr } = await world.client(aws, words, browserForAws(world));
    expect(code === 0, `aws sso login: exit ${code}: ${(stderr || stdout).trim()}`);
  }
}
