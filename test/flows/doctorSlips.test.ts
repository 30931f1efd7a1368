import { expect, test } from "vitest";
import type { Finding } from "../../src/doctor/report.ts";
import { FUZZ_TIMEOUT, fc, runs } from "../support/fuzzing.ts";
import { sessionSection } from "../support/home.ts";
import { signInWorld } from "../support/signInWorld.ts";

const LINES = `[profile dev]
credential_process = /opt/sso-cred corp --account-id 123456789011 --role-name ReadOnly
region = eu-west-1
[profile ops]
sso_session = corp
sso_account_id = 123456789011
sso_role_name = Admin
[profile old]
sso_start_url = https://d-1234567890.awsapps.com/start
sso_region = eu-west-1
sso_account_id = 123456789011
sso_role_name = Admin
${sessionSection("corp")}`.split("\n");

/** What a person may do to a line by mistake. `at` is a place in it. */
const SLIPS: readonly ((line: string, at: number) => string)[] = [
  () => "# removed",
  (line) => `${line}\n${line}`,
  (line) => line.toUpperCase(),
  (line) => `  ${line}`,
  (line) => line.replace(/(?<= = ).*/, '"$&"'),
  (line) => line.replace(/(?<= = ).*/, ""),
  (line) => `${line} # mine`,
  (line) => line.replace(" = ", ": "),
  (line) => line.replace(/[[\]]/g, ""),
  (line) => line.replace("[", "[ "),
  (line) => line.replace("--", "–"),
  (line) => line.replace(" ", "\u00a0"),
  (line) => line.replace("=", "＝"),
  (line, at) => `${line.slice(0, at)}\u200b${line.slice(at)}`,
  (line, at) => line.slice(0, at) + line.slice(at + 1),
  (line, at) =>
    line.slice(0, at) +
    line
      .slice(at, at + 2)
      .split("")
      .reverse()
      .join("") +
    line.slice(at + 2),
];

/**
 * These are no fault where the line or the section does not exist for anybody. A profile with
 * neither account nor role is one for `aws sso login`.
 */
const NOT_THERE =
  /has no \[profile|\[profile dev\] has no sso_session|has no sso_account_id and no sso_role_name/;
/** The line's program does not exist in any of these configs. */
const isExpected = ({ found }: Finding) => found.startsWith("/opt/sso-cred, the command");

test(
  "doctor finds an error wherever the main job rejects a config with a slip or two",
  FUZZ_TIMEOUT,
  async () => {
    const world = await signInWorld({ env: { SSO_CRED_LOGIN: "never" } });
    const slip = fc.tuple(fc.nat({ max: LINES.length - 2 }), fc.nat({ max: 90 }), fc.constantFrom(...SLIPS));
    await fc.assert(
      fc.asyncProperty(fc.array(slip, { minLength: 1, maxLength: 2 }), async (slips) => {
        const lines = [...LINES];
        for (const [index, at, make] of slips) lines[index] = make(lines[index] ?? "", at);
        await world.home.write(".aws/config", lines.join("\n"));
        const calls = await Promise.all(["dev", "ops", "old"].map((name) => world.call(["--profile", name])));
        const rejected = calls.filter(({ code, stderr }) => code < 4 && !NOT_THERE.test(stderr));
        const { stdout } = await world.call(["doctor", "--offline", "--json"]);
        const findings: Finding[] = JSON.parse(stdout);
        const errors = findings.filter((one) => one.severity === "error" && !isExpected(one));
        expect(rejected.length === 0 || errors.length > 0, rejected[0]?.stderr).toBe(true);
      }),
      runs(150),
    );
  },
);
