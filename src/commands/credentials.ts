import { parseArgs } from "node:util";
import { readRoleCredentials } from "../cache/roleCredentialsCache.ts";
import { type Config, loadConfig } from "../config/configFile.ts";
import { resolveRole } from "../config/profile.ts";
import { resolveSession } from "../config/session.ts";
import { withSessionVariables } from "../config/sessionVariables.ts";
import { obtainRoleCredentials } from "../credentials/obtainRoleCredentials.ts";
import { SsoCredError } from "../errors.ts";
import { credentialProcessOutput, MAX_OUTPUT_BYTES } from "../hit/credentialProcess.ts";
import { isFresh } from "../hit/expiry.ts";
import { outputTimeoutMs } from "../hit/waitBudget.ts";
import type { Role, RoleCredentials, SessionRole } from "../model.ts";
import type { System } from "../platform/system.ts";
import { printable } from "../text/printable.ts";
import { waitDeadline } from "./waitDeadline.ts";

export const credentialsOptions = {
  "account-id": { type: "string" },
  "role-name": { type: "string" },
  "sso-session": { type: "string" },
  profile: { type: "string" },
} as const;

/** The main job: prints the `credential_process` document and nothing else. */
export async function credentials(args: readonly string[], system: System): Promise<number> {
  const deadline = waitDeadline(system);
  const wanted = readArguments(args);
  if (!("profile" in wanted)) {
    const cached = cachedFor(wanted, system);
    if (cached) return print(cached, wanted, system);
  }
  const config = loadConfig(system, { credentials: "profile" in wanted });
  const role =
    "profile" in wanted ? resolveRole(config, wanted.profile, system) : roleOfSession(wanted, config, system);
  const configured = withSessionVariables(config, role.session.name, system);
  const until = configured === system ? deadline : waitDeadline(configured);
  return print(await obtainRoleCredentials(role, until, configured), role, configured);
}

interface Named extends Role {
  session: string;
}

function readArguments(args: readonly string[]): Named | { profile: string } {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: credentialsOptions,
    allowPositionals: true,
  });
  const { profile, "account-id": accountId, "role-name": roleName, "sso-session": flag } = values;
  if (profile !== undefined) {
    if (positionals.length > 0 || [accountId, roleName, flag].some((value) => value !== undefined)) {
      throw usage("--profile stands alone: session, account and role are the profile's");
    }
    return { profile };
  }
  const session = flag ?? positionals[0];
  if (session === undefined || positionals.length > (flag === undefined ? 1 : 0)) {
    throw usage("name one session: sso-cred SESSION --account-id ID --role-name ROLE");
  }
  if (accountId === undefined || roleName === undefined) {
    const what =
      flag === undefined ? `'${printable(session, 80)}' is no command, and a session` : "a session";
    throw usage(`${what} needs both --account-id and --role-name`);
  }
  if (!/^\d{12}$/.test(accountId)) throw usage(`an account id has 12 digits: ${printable(accountId, 40)}`);
  if (roleName === "") throw usage("--role-name is empty");
  return { session, accountId, roleName };
}

/** A hit needs no config: the file's name follows from the arguments. */
function cachedFor({ session, accountId, roleName }: Named, system: System): RoleCredentials | undefined {
  const cached = readRoleCredentials(
    { session: { name: session, startUrl: "" }, accountId, roleName },
    system,
  );
  if (!cached || !isFresh(cached.expiration, system.now())) return undefined;
  system.trace.step("cache hit");
  return cached;
}

function roleOfSession({ session, ...role }: Named, config: Config, system: System): SessionRole {
  return { session: resolveSession(config, session, system), ...role };
}

function print(credentials: RoleCredentials, { accountId }: Role, system: System): number {
  const output = credentialProcessOutput(credentials, accountId);
  if (Buffer.byteLength(output) > MAX_OUTPUT_BYTES) {
    throw new SsoCredError("unavailable", "the portal sent credentials longer than SDKs read (8 KiB)");
  }
  system.writeStdout(output, system.startedAt + outputTimeoutMs(system.env) - system.now());
  system.trace.step("printed");
  return 0;
}

function usage(message: string): SsoCredError {
  return new SsoCredError("usage", message, { remedy: { run: "sso-cred --help" } });
}
