import { basename } from "node:path";
import { isatty } from "node:tty";
import { usageError } from "../errors.ts";
import { credentialVariables, regionVariables, shellLines, variablesToClear } from "../exec/variables.ts";
import { callerShell, shellOfProgram } from "../platform/callerShell.ts";
import type { System } from "../platform/system.ts";
import { printable } from "../text/printable.ts";
import { parseFlags } from "../usage/commandTable.ts";
import { ROLE_FLAGS, SHELLS } from "../usage/flags.ts";
import { credentialsForPerson } from "./openPortal.ts";
import { namedRole, resolveNamedRole } from "./roleArguments.ts";

/** `sso-cred env`: prints the credentials as lines for a shell to evaluate. */
export async function env(args: readonly string[], system: System): Promise<number> {
  const { values, positionals } = parseFlags(args, "env");
  const shell = asShell(values.shell ?? callerShell(system));
  if (values.unset) {
    if (positionals.length > 0 || ROLE_FLAGS.some(({ name }) => name in values)) {
      throw usageError("--unset takes no role", "env");
    }
    system.writeStdout(shellLines(shell, variablesToClear(), {}));
    return 0;
  }
  const named = namedRole(values, positionals, "env");
  if (isatty(1) && !values.force) {
    const why = "this would show secrets on the terminal; let the shell evaluate them, or use --force";
    throw usageError(why, "env");
  }
  const { role, region, configured } = resolveNamedRole(named, system);
  const credentials = await credentialsForPerson(role, values, configured);
  const set = { ...credentialVariables(credentials), ...regionVariables(region) };
  system.writeStdout(shellLines(shell, variablesToClear(set), set));
  return 0;
}

function asShell(name: string) {
  const shell = SHELLS.find((known) => known === name || known === shellOfProgram(basename(name)));
  if (shell !== undefined) return shell;
  const what = `env has no lines for the shell ${printable(name, 40)}`;
  throw usageError(`${what}; --shell takes ${SHELLS.join(", ")}`, "env");
}
