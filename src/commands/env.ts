import { isatty } from "node:tty";
import { SsoCredError } from "../errors.ts";
import { type Shell, shellLines } from "../exec/shellLines.ts";
import { credentialVariables, regionVariables, variablesToClear } from "../exec/variables.ts";
import { callerShell } from "../platform/callerProcess.ts";
import type { System } from "../platform/system.ts";
import { printable } from "../text/printable.ts";
import { SHELLS } from "../usage/commandTable.ts";
import { credentialsForPerson } from "./credentialsForPerson.ts";
import { signInOptions } from "./login.ts";
import { parseFlags } from "./parseFlags.ts";
import { namedRole, resolveNamedRole, roleOptions } from "./roleArguments.ts";

export const envOptions = {
  ...roleOptions,
  ...signInOptions,
  shell: { type: "string" },
  unset: { type: "boolean" },
  force: { type: "boolean" },
} as const;

/** `sso-cred env`: prints the credentials as lines for a shell to evaluate. */
export async function env(args: readonly string[], system: System): Promise<number> {
  const { values, positionals } = parseFlags(args, envOptions);
  const shell = asShell(values.shell ?? callerShell(system));
  if (values.unset) {
    if (positionals.length > 0 || Object.keys(roleOptions).some((name) => name in values)) {
      throw usage("--unset takes no role");
    }
    system.writeStdout(shellLines(shell, variablesToClear(), {}));
    return 0;
  }
  const named = namedRole(values, positionals, "env");
  if (isatty(1) && !values.force) {
    throw usage("this would show secrets on the terminal; let the shell evaluate them, or use --force");
  }
  const { role, region, configured } = resolveNamedRole(named, system);
  const credentials = await credentialsForPerson(role, values, configured);
  const set = { ...credentialVariables(credentials), ...regionVariables(region) };
  system.writeStdout(shellLines(shell, variablesToClear(set), set));
  return 0;
}

function asShell(name: string): Shell {
  const shell = SHELLS.find((known) => known === name);
  if (shell === undefined) {
    throw usage(
      `there are no lines for the shell ${printable(name, 40)}; --shell takes ${SHELLS.join(", ")}`,
    );
  }
  return shell;
}

function usage(message: string): SsoCredError {
  return new SsoCredError("usage", message, { remedy: { run: "sso-cred env --help" } });
}
