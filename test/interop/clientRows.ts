import { join } from "node:path";
import type { Client } from "../../src/doctor/clients.ts";
import type { Expect, Report } from "../stress/report.ts";
import { isGoodOutput, jsonIn, ROLE, SESSION } from "../stress/stage.ts";
import { tokenPath } from "../support/home.ts";
import type { Found, Program } from "./installation.ts";
import { situationRows } from "./situations.ts";
import { expectRole, rowsOf, type World } from "./world.ts";

export interface ClientUnderTest {
  program: Found;
  /** The client's own words for "who am I, as this profile". */
  args(profile: string, world: World): string[];
  variant?: string;
  /** It also reads `sso_session` profiles, with a provider that shares our token file. */
  ownSso?: boolean;
  only?: "sso";
  /** Its name in doctor's table of clients. */
  table?: Client;
  /** True if it includes the helper's message in its own. */
  showsWords?: boolean;
}

/** How the exit codes that another tool meets come about, one after the other. */
const FAILURES: readonly [exit: number, prepare: (world: World) => unknown][] = [
  [4, () => {}],
  [
    7,
    async ({ center, signIn }) => {
      await signIn(3600);
      center.misbehave({ path: "/federation/credentials", how: { kind: "captivePortal" } });
    },
  ],
  [
    6,
    ({ center }) => {
      center.behave();
      center.forbid(ROLE);
    },
  ],
];

/**
 * Tests of a client: several forms of credential_process, and its own SSO provider on our files.
 */
export async function clientRows(client: ClientUnderTest, program: Program, report: Report): Promise<void> {
  const title = client.variant ? `${program.name} ${client.variant}` : program.name;
  const ask = (world: World, profile: string, env?: Record<string, string>) =>
    world.client(program, client.args(profile, world), env);
  const row = rowsOf(title, report);

  if (client.table) await situationRows(title, ask, client.table, report);
  if (client.only !== "sso") {
    await row("first call, nobody signed in", async (world, expect) => {
      expectRole(expect, await ask(world, "dev"));
      const tabs = world.browser.opened().length;
      expect(tabs === 1, `${tabs} tabs`);
      expectRole(expect, await ask(world, "dev"));
      const portal = world.center.count("/federation/credentials");
      expect(portal === 1, `${portal} portal calls for two runs`);
      return "1 tab, 1 portal call for 2 runs";
    });
    await row("a path with a space, token expired", async (world, expect) => {
      await world.signIn(-3600);
      expectRole(expect, await ask(world, "spaced"));
      expect(world.browser.opened().length === 0, "a tab was opened");
      return "refreshed, no tab";
    });
    await row("exit 4, 6 and 7", async (world, expect) => {
      const shown: number[] = [];
      for (const [exit, prepare] of FAILURES) {
        await prepare(world);
        const env = { SSO_CRED_LOGIN: "never" };
        const { code, stdout, stderr } = await ask(world, "dev", env);
        expect(code !== 0, `exit ${exit}: it ended well without credentials`);
        const ours = await world.call({ env }).done;
        expect(ours.code === exit, `exit ${ours.code} instead of ${exit}: ${ours.stderr}`);
        // The last line says what to do.
        const line = ours.stderr.trim().split("\n").at(-1)?.trim() ?? "";
        if ((stdout + stderr).includes(line)) shown.push(exit);
        else if (client.showsWords) expect(false, `"${line}" is not shown: ${stderr.trim().slice(-300)}`);
      }
      return shown.length > 0 ? `shows our words for ${shown.join(", ")}` : "hides our words";
    });
  }
  if (client.ownSso) {
    await row("its SSO provider reads our token", async (world, expect) => {
      const { code, stderr } = await world.call().done;
      expect(code === 0, `our sign-in: ${stderr}`);
      expectRole(expect, await ask(world, "sso"));
      const requests = world.center.count("/token");
      expect(requests === 1, `${requests} requests to /token instead of our one`);
      return "no request to /token of its own";
    });
    await row("it refreshes, we read", async (world, expect) => {
      await world.signIn(120);
      expectRole(expect, await ask(world, "sso"));
      return theyRefreshed(world, expect);
    });
    await row("we refresh, it reads", async (world, expect) => {
      await world.signIn(-3600);
      const { code, stderr } = await world.call().done;
      expect(code === 0, `our refresh: ${stderr}`);
      expectRole(expect, await ask(world, "sso"));
      const requests = world.center.count("/token");
      expect(requests === 1, `${requests} requests to /token instead of our one`);
      return "1 refresh";
    });
  }
}

/** Some clients refresh a token that has 2 minutes left, others use it. Both are fine. */
async function theyRefreshed(world: World, expect: Expect): Promise<string> {
  const theirs = world.center.count("/token");
  const before = jsonIn(join(world.home.path, tokenPath(SESSION)));
  const { code, stdout, stderr } = await world.call({ roleName: "Admin" }).done;
  expect(code === 0 && isGoodOutput(stdout, world.center), `ours: exit ${code}: ${stderr.trim()}`);
  const ours = world.center.count("/token") - theirs;
  expect(theirs + ours === 1, `${theirs} + ${ours} refreshes`);
  expect(typeof before?.refreshToken === "string", "it dropped the refresh token");
  expect(world.browser.opened().length === 0, "a tab was opened");
  return theirs === 1 ? "it refreshed, we used it" : "it used the token up, we refreshed";
}
