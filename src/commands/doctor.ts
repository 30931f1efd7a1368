import { findingsOf } from "../doctor/findings.ts";
import { report } from "../doctor/report.ts";
import { EXIT_CODE, usageError } from "../errors.ts";
import { terminalColumns } from "../platform/output.ts";
import type { System } from "../platform/system.ts";
import { printableJson } from "../text/printable.ts";
import { parseFlags } from "../usage/commandTable.ts";

/** `sso-cred doctor`: what is wrong here, and the commands that fix it. 8 if there is an error. */
export async function doctor(args: readonly string[], system: System): Promise<number> {
  const { values, positionals } = parseFlags(args, "doctor");
  const [session = values["sso-session"], ...more] = positionals;
  const { profile, offline = false } = values;
  if (more.length > 0 || (session !== undefined && profile !== undefined)) {
    throw usageError("give one session or one profile", "doctor");
  }
  const findings = await findingsOf({ session, profile, offline }, system);
  system.writeStdout(values.json ? printableJson(findings) : report(findings, terminalColumns(1)));
  return findings.some(({ severity }) => severity === "error") ? EXIT_CODE.findings : 0;
}
