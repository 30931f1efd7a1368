import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { planConfig } from "../../src/init/plan/plan.ts";
import { readCurrentConfig } from "../../src/init/plan/planInput.ts";
import { splitCommandLine } from "../../src/text/commandWords.ts";
import { files, options, role } from "../unit/init/plan/initOptions.ts";

/** Config texts in botocore's strict dialect, before `init` writes into them. */
const BEFORE = [
  "",
  "# mine\n\n[default]\nregion = eu-central-1\noutput=text\n",
  "[default]\r\nregion = x\r\n\r\n[profile build]\r\nrole_arn: arn:aws:iam::1:role/x\r\nsource_profile = default",
  "[profile dev]\nsso_session = my-sso\nsso_account_id = 111111111111\nsso_role_name = Admin\ns3 =\n  max = 10\n\n; end\n",
  "[profile 'two words']\nregion = x\n[plugins]\ncli = y\n[services s]\nsso =\n  endpoint_url = https://example.com\n",
];

const COMMANDS = ["/opt/bin/sso-cred", "sso-cred", "/my apps (v1)/it's/sso-cred"];

/** Writes every case for `init_botocore.py` into a folder. */
export function writeReaderCases(folder: string): void {
  const cases = BEFORE.flatMap((text) => COMMANDS.map((command) => ({ text, command })));
  for (const [at, { text, command }] of cases.entries()) {
    const wanted = [
      role("111111111111", "Admin", "Prod (EU)"),
      role("222222222222", "Power+User=a,b.c@d-e", "Dév"),
    ];
    const nameTemplate = "{account_name}/{role_name}";
    const plan = planConfig(files(text), options({ wanted, command, nameTemplate, adopt: "all" }));
    const read = readCurrentConfig(plan.after);
    const names = [...read.ours.keys()];
    const line = (name: string) => read.profiles.get(name)?.get("credential_process") ?? "";
    const expected = {
      profiles: Object.fromEntries(
        plan.profiles.map((name) => [name, Object.fromEntries(read.profiles.get(name) ?? [])]),
      ),
      sessions: Object.fromEntries(
        [...read.sessions].map(([name, keys]) => [name, Object.fromEntries(keys)]),
      ),
      commands: Object.fromEntries(names.map((name) => [name, splitCommandLine(line(name))])),
    };
    writeFileSync(join(folder, `${at}.config`), plan.after);
    writeFileSync(join(folder, `${at}.json`), JSON.stringify(expected));
  }
}
