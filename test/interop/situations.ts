import { SITUATIONS } from "../../src/doctor/clients.ts";
import type { Report } from "../stress/report.ts";
import { ACCOUNT, REGION, ROLE, SESSION } from "../stress/stage.ts";
import { executable } from "../support/frozenExecutable.ts";
import { sessionSection } from "../support/home.ts";
import type { RunResult } from "../support/run.ts";
import { openWorld, type World } from "./world.ts";

type Situation = keyof typeof SITUATIONS;
/** A client by doctor's name for it. */
export type TableClient = keyof (typeof SITUATIONS)[Situation];

/** Each source of credentials in the profile `mixed` leads to another role. */
const OUTCOMES = new Map([
  [ROLE, "process"],
  ["Admin", "sso"],
  ["Keys", "keys"],
]);

const line = () =>
  `credential_process = ${executable()} ${SESSION} --account-id ${ACCOUNT} --role-name ${ROLE}\n`;
const SSO = `sso_session = ${SESSION}\nsso_account_id = ${ACCOUNT}\nsso_role_name = Admin\n`;
const STATIC = {
  accessKeyId: "AKIAEXAMPLEEXAMPLE99",
  secretAccessKey: "static",
  sessionToken: "static-token",
};
const KEYS = `aws_access_key_id = ${STATIC.accessKeyId}
aws_secret_access_key = ${STATIC.secretAccessKey}
aws_session_token = ${STATIC.sessionToken}
`;

/** The other settings in the config and in the credentials file. */
const FILES: Record<Situation, { config: string; credentials: string }> = {
  processAndSso: { config: SSO, credentials: "" },
  processAndKeysInConfig: { config: KEYS, credentials: "" },
  processAndKeysInCredentials: { config: "", credentials: `[mixed]\n${KEYS}` },
};

/** Compares doctor's table of clients with the client itself. */
export async function situationRows(
  title: string,
  ask: (world: World, profile: string) => ReturnType<World["client"]>,
  name: TableClient,
  report: Report,
): Promise<void> {
  for (const situation of Object.keys(FILES) as Situation[]) {
    await report.row(`${title}: what doctor says of ${situation}`, async (expect) => {
      const world = await openWorld();
      try {
        const { config, credentials } = FILES[situation];
        await world.home.write(
          ".aws/config",
          `[profile mixed]\n${line()}${config}region = ${REGION}\n${sessionSection(SESSION)}`,
        );
        if (credentials) await world.home.write(".aws/credentials", credentials);
        const expiration = world.center.now() + 3_600_000;
        world.center.state.roleKeys.set(STATIC.accessKeyId, {
          ...STATIC,
          expiration,
          accountId: ACCOUNT,
          roleName: "Keys",
        });
        await world.signIn(3600);
        const result = await ask(world, "mixed");
        const outcome = outcomeOf(result);
        const said = SITUATIONS[situation][name];
        expect(
          outcome === said,
          `doctor says ${said}, the client does ${outcome}: ${result.stderr.slice(-300)}`,
        );
        return { detail: said };
      } finally {
        await world.close();
      }
    });
  }
}

function outcomeOf({ code, stdout, stderr }: RunResult): string {
  const role = /AWSReservedSSO_([A-Za-z]+)_/.exec(stdout)?.[1];
  if (code === 0 && role !== undefined) return OUTCOMES.get(role) ?? role;
  // Java names the chosen provider if the SDK's module for it is missing.
  return /'sso' service module must be on the class path/.test(stderr) ? "sso" : "error";
}
