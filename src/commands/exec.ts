import { devNull } from "node:os";
import { loadConfig } from "../config/configFile.ts";
import { obtainRoleCredentials } from "../credentials/obtainRoleCredentials.ts";
import { usageError } from "../errors.ts";
import { serveCredentials } from "../exec/credentialServer.ts";
import { type CommandEnd, runCommand } from "../exec/runCommand.ts";
import { commandEnvironment, credentialVariables, regionVariables } from "../exec/variables.ts";
import { homeDirectory } from "../hit/paths.ts";
import type { SessionRole } from "../model.ts";
import { callerShell } from "../platform/callerShell.ts";
import { withHeldBackVariables } from "../platform/environment.ts";
import { isNoLongerRoot } from "../platform/homeOwner.ts";
import { keepInheritedDescriptors } from "../platform/inheritedDescriptors.ts";
import type { System } from "../platform/system.ts";
import { shellWord } from "../text/commandWords.ts";
import { printable } from "../text/printable.ts";
import { words } from "../text/words.ts";
import { parseFlags } from "../usage/commandTable.ts";
import { credentialsForPerson } from "./openPortal.ts";
import { namedRole, resolveNamedRole } from "./roleArguments.ts";

/** How long one request of an SDK may take. SDKs give up earlier. */
const REQUEST_MS = 50_000;

/** `sso-cred exec`: a command with credentials, in its environment or served. */
export async function exec(args: readonly string[], system: System): Promise<number> {
  const descriptors = keepInheritedDescriptors(system.env);
  const end = args.indexOf("--");
  const command = args.slice(end < 0 ? args.length : end + 1);
  const [program] = command;
  // Comes first: without the -- the command's flags would be taken for ours.
  if (!program) throw usageError(missingCommand(end < 0, system), "exec");
  const { values, positionals } = parseFlags(args.slice(0, end), "exec");
  const named = namedRole(values, positionals, "exec");
  const { role, region, configured } = resolveNamedRole(named, system);
  const credentials = await credentialsForPerson(role, values, configured);
  if (isNoLongerRoot()) {
    const owner = `user ${process.geteuid?.()}, the owner of ${printable(homeDirectory(system))}`;
    const asRoot = "for root: sso-cred exec … -- sudo -E COMMAND";
    system.writeStderr(`sso-cred: the command runs as ${owner}; ${asRoot}\n`);
  }
  const run = async (set: Readonly<Record<string, string>>) => {
    const variables = { ...set, ...regionVariables(region) };
    const env = commandEnvironment(withHeldBackVariables(system.env), variables, system.platform);
    return exitCode(program, await runCommand(command, env, system, descriptors), system);
  };
  if (!values.serve) return run(credentialVariables(credentials));
  const fresh = () => obtainRoleCredentials(role, system.now() + REQUEST_MS, configured);
  // The command stays unnamed: its arguments may hold secrets.
  const ours = args.slice(0, end).filter((arg) => arg !== "--serve");
  const withoutServer = `sso-cred exec ${ours.map(shellWord).join(" ")} -- COMMAND`;
  const server = await serveCredentials(role.accountId, fresh, withoutServer);
  try {
    return await run({ ...server.variables, ...withoutDefaultCredentials(role, system) });
  } finally {
    server.close();
  }
}

/** npm's `sso-cred.ps1` never sees the `--`: PowerShell keeps one without quotes from a script. */
function missingCommand(lacksDashes: boolean, system: System): string {
  const isHidden = lacksDashes && system.platform === "win32" && callerShell(system) === "powershell";
  return `name the command to run after --${isHidden ? ", which PowerShell may want in quotes: '--'" : ""}`;
}

/** Keys that give a profile credentials of its own. */
const SOURCES = words(`
  aws_access_key_id credential_process sso_session sso_start_url role_arn web_identity_token_file
  login_session`);

/** SDKs look into `[default]` before they ask a server, and would use credentials there. */
function withoutDefaultCredentials(role: SessionRole, system: System) {
  const { defaults, path } = loadConfig(system, { credentials: true });
  if (!SOURCES.some((key) => defaults.get(key))) return {};
  system.writeStderr(
    `sso-cred: [default] in ${printable(path)} has credentials, which SDKs would prefer; to make them use ${printable(role.roleName)}, the command gets empty config files\n`,
  );
  return { AWS_CONFIG_FILE: devNull, AWS_SHARED_CREDENTIALS_FILE: devNull };
}

/** As a shell: 127 for a command that does not exist, 126 for one that cannot be started. */
function exitCode(command: string, end: CommandEnd, system: System): number {
  if ("code" in end) return end.code;
  const isMissing = end.fault === "ENOENT";
  const what = isMissing ? "there is no command" : "the system does not start";
  const why = isMissing ? "" : ` (${end.fault})`;
  system.writeStderr(`sso-cred: ${what} '${printable(command, 200)}'${why}\n`);
  return isMissing ? 127 : 126;
}
