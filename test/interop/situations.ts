import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { type Client, type Outcomes, SITUATIONS, type Situation } from "../../src/doctor/clients.ts";
import type { Report } from "../stress/report.ts";
import { ACCOUNT, REGION, ROLE, SESSION } from "../stress/stage.ts";
import { sessionSection } from "../support/home.ts";
import type { RunResult } from "../support/run.ts";
import { BINARY } from "../support/run.ts";
import { rowsOf, type World } from "./world.ts";

/** Each source of credentials in the profile `mixed` leads to another role. */
const OUTCOMES = new Map([
  [ROLE, "process"],
  ["Admin", "sso"],
  ["Keys", "keys"],
  ["Deploy", "role"],
]);

const processLine = (program = BINARY) =>
  `credential_process = ${program} ${SESSION} --account-id ${ACCOUNT} --role-name ${ROLE}\n`;
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

const HEADER = "[profile mixed]";
const profile = (keys: string, header = HEADER) => `${header}\nregion = ${REGION}\n${keys}`;

const PROFILES: Record<Situation, () => string> = {
  processAndSso: () => profile(processLine() + SSO),
  processAndRole: () =>
    `${profile(`${processLine()}role_arn = arn:aws:iam::${ACCOUNT}:role/Deploy\nsource_profile = base\n`)}[profile base]\n${processLine()}`,
  processAndKeysInConfig: () => profile(processLine() + KEYS),
  processAndKeysInCredentials: () => profile(processLine()),
  ssoAndKeysInConfig: () => profile(SSO + KEYS),
  ssoAndKeysInCredentials: () => profile(SSO),
  sessionContradicted: () => profile(`${SSO}sso_region = eu-central-1\n`),
  sessionRepeated: () => profile(`${SSO}sso_region = ${REGION}\n`),
  sectionTwice: () => profile(`output = json\n[profile mixed]\n${processLine()}`),
  keyTwice: () => profile(`${processLine()}region = ${REGION}\n`),
  keyInUpperCase: () => profile(processLine().replace("credential_process", "Credential_Process")),
  commandWithTilde: () => profile(processLine("~/bin/sso-cred")),
  configPathWithTilde: () => profile(processLine()),
  keyIndented: () => profile(`  ${processLine()}`),
  headerSpaced: () => profile(processLine(), "[ profile mixed ]"),
  headerTwoBlanks: () => profile(processLine(), "[profile  mixed]"),
  headerWithText: () => profile(processLine(), `${HEADER}# text`),
  valueWithComment: () => profile(SSO.replace("Admin", "Admin # text")),
  valueInQuotes: () => profile(SSO.replace("Admin", '"Admin"')),
};

/** Compares doctor's table of clients with the client itself. */
export async function situationRows(
  title: string,
  ask: (world: World, profile: string, env: Record<string, string>) => ReturnType<World["client"]>,
  name: Client,
  report: Report,
): Promise<void> {
  const row = rowsOf(title, report);
  for (const [situation, text] of Object.entries(PROFILES) as [Situation, () => string][]) {
    const outcomes: Outcomes = SITUATIONS[situation];
    const said = Object.entries(outcomes).find(([, clients]) => clients.includes(name))?.[0];
    if (said === undefined) continue;
    await row(`what doctor says of ${situation}`, async (world, expect) => {
      const { home } = world;
      const isElsewhere = situation === "configPathWithTilde";
      await home.write(isElsewhere ? "my-config" : ".aws/config", text() + sessionSection(SESSION));
      if (situation.endsWith("KeysInCredentials")) await home.write(".aws/credentials", `[mixed]\n${KEYS}`);
      mkdirSync(join(home.path, "bin"));
      symlinkSync(BINARY, join(home.path, "bin/sso-cred"));
      const expiration = world.center.now() + 3_600_000;
      world.center.state.roleKeys.set(STATIC.accessKeyId, {
        ...STATIC,
        expiration,
        accountId: ACCOUNT,
        roleName: "Keys",
      });
      await world.signIn(3600);
      const result = await ask(world, "mixed", isElsewhere ? { AWS_CONFIG_FILE: "~/my-config" } : {});
      const outcome = outcomeOf(result);
      // The module would refuse it.
      if (outcome === NO_MODULE && situation === "sessionContradicted")
        return "not known without the SDK's module for sso";
      const does = outcome === NO_MODULE ? "sso" : outcome;
      expect(does === said, `doctor says ${said}, the client does ${does}: ${result.stderr.slice(-300)}`);
      return said;
    });
  }
}

function outcomeOf({ code, stdout, stderr }: RunResult): string {
  const role = /AWSReservedSSO_([A-Za-z]+)_/.exec(stdout)?.[1];
  if (code === 0 && role !== undefined) return OUTCOMES.get(role) ?? role;
  return /'sso' service module must be on the class path/.test(stderr) ? NO_MODULE : "error";
}

/** Java has chosen the provider that it has no module for. */
const NO_MODULE = "no module";
