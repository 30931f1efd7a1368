import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { commandLine } from "../../src/init/plan/command.ts";
import type { Expect, Report } from "../stress/report.ts";
import { ACCOUNT, openStage, REGION, ROLE, SESSION, type Stage, type StageOptions } from "../stress/stage.ts";
import { sessionSection } from "../support/home.ts";
import { BINARY, type RunResult, start } from "../support/run.ts";
import { type AwsServices, startAwsServices } from "./awsServices.ts";
import { writeEndpointModels } from "./endpointModels.ts";
import type { Program } from "./installation.ts";

/** A stage with a profile for each source of the role's credentials. */
export interface World extends Stage {
  readonly services: AwsServices;
  /** Runs a client until it ends. */
  client(program: Program, args: readonly string[], env?: Record<string, string>): Promise<RunResult>;
}

/**
 * `dev`: credential_process; `spaced`: the same with a space in the path, as `init` writes it;
 * `sso`: the SDKs' own provider for the same session.
 */
export async function openWorld(options: StageOptions = {}): Promise<World> {
  const stage = await openStage(options);
  const { home, center } = stage;
  const folder = join(home.path, "my tools");
  mkdirSync(folder);
  symlinkSync(BINARY, join(folder, "sso-cred"));
  const target = { session: SESSION, accountId: ACCOUNT, roleName: ROLE };
  const spaced = commandLine(join(folder, "sso-cred"), target, process.platform);
  const line = `--account-id ${ACCOUNT} --role-name ${ROLE}`;
  const config = `${sessionSection(SESSION)}
[profile dev]
credential_process = ${BINARY} ${SESSION} ${line}
region = ${REGION}

[profile spaced]
credential_process = ${spaced}
region = ${REGION}

[profile sso]
sso_session = ${SESSION}
sso_account_id = ${ACCOUNT}
sso_role_name = ${ROLE}
region = ${REGION}
`;
  await home.write(".aws/config", config);
  await writeEndpointModels(home, center.urls);
  const services = await startAwsServices(center.state);
  return {
    ...stage,
    services,
    client({ command: [file = "", ...first], env: own }, args, env) {
      return start(file, [...first, ...args], {
        home,
        env: { ...stage.env, ...services.env, PATH: process.env.PATH, ...own, ...env },
        deadlineMs: 120_000,
      }).done;
    },
    async close() {
      await services.stop();
      await stage.close();
    },
  };
}

/** Without `&`, Python's webbrowser would wait for it and block its own callback server. */
export function browserForAws({ browser }: Stage): Record<string, string> {
  return { BROWSER: `${browser.command} %s &` };
}

/** Arguments of `aws sts get-caller-identity`; older versions ignore the endpoint's variable. */
export function whoAmI(center: Stage["center"], profile: string): string[] {
  const endpoint = ["--endpoint-url", center.urls.sts, "--region", REGION];
  return ["sts", "get-caller-identity", "--profile", profile, "--output", "json", ...endpoint];
}

/** Checks that a service accepted a request signed with the role's credentials. */
export function expectRole(expect: Expect, { code, stdout, stderr }: RunResult): void {
  const pattern = new RegExp(`assumed-role/AWSReservedSSO_${ROLE}_`);
  expect(code === 0 && pattern.test(stdout), `exit ${code}: ${(stderr || stdout).trim().slice(-400)}`);
}

/** Adds rows to the report, each with a world of its own; `check` returns what the row tells. */
export function rowsOf(title: string, report: Report) {
  return (what: string, check: (world: World, expect: Expect) => Promise<string>) =>
    report.row(`${title}: ${what}`, async (expect) => {
      const world = await openWorld();
      try {
        return { detail: await check(world, expect) };
      } finally {
        await world.close();
      }
    });
}
