import { type Config, loadConfig } from "../config/configFile.ts";
import { resolveRole } from "../config/profile.ts";
import { profileArgument, resolveSession } from "../config/session.ts";
import { withSessionVariables } from "../config/sessionVariables.ts";
import { usageError } from "../errors.ts";
import { isAccountId, type NamedRole, type SessionRole } from "../model.ts";
import { attempt } from "../platform/attempt.ts";
import { withVariables } from "../platform/environment.ts";
import type { System } from "../platform/system.ts";
import { removeFormerRoles } from "../signIn/formerRoles.ts";
import { hiddenCharacter, printable, printableWithHidden } from "../text/printable.ts";
import type { FlagValues, ROLE_FLAGS } from "../usage/flags.ts";

type RoleArguments = FlagValues<typeof ROLE_FLAGS>;

/**
 * The role that `--profile NAME`, or `SESSION --account-id ID --role-name ROLE`, names. `command`
 * is undefined for the main job. Throws `usage`.
 */
export function namedRole(values: RoleArguments, positionals: readonly string[], command?: string) {
  const { profile, "account-id": accountId, "role-name": roleName, "sso-session": flag } = values;
  const usage = (message: string) => usageError(message, command);
  if (profile !== undefined) {
    if (positionals.length > 0 || [accountId, roleName, flag].some((value) => value !== undefined)) {
      throw usage("--profile takes no other names: session, account and role are the profile's");
    }
    return { profile };
  }
  const session = flag ?? positionals[0];
  if (session === undefined || positionals.length > (flag === undefined ? 1 : 0)) {
    const form = "SESSION --account-id ID --role-name ROLE";
    if (command === undefined) throw usage(`name one session: sso-cred ${form}`);
    throw usage(`name a role: --profile NAME, or sso-cred ${command} ${form}`);
  }
  if (accountId === undefined || roleName === undefined) {
    const isWord = flag === undefined && command === undefined;
    const what = isWord ? `'${printable(session, 80)}' is not a command, and a session` : "a session";
    const isProfile = flag === undefined && accountId === undefined && roleName === undefined;
    const or = isProfile ? `; for a profile: ${profileArgument(session)}` : "";
    throw usage(`${what} needs both --account-id and --role-name${or}`);
  }
  if (!isAccountId(accountId)) throw usage(`an account id has 12 digits: ${printableWithHidden(accountId)}`);
  const hidden = hiddenCharacter(roleName);
  if (hidden !== undefined) throw usage(`not a role name, as its ${hidden}: ${printable(roleName, 80)}`);
  return { session, accountId, roleName };
}

/** Looks the role up in the config. Throws `config`. */
export function resolveNamedRole(named: NamedRole | { profile: string }, system: System) {
  const config = loadConfig(system, { credentials: "profile" in named });
  const role = "profile" in named ? resolveRole(config, named.profile, system) : roleOfSession(named);
  const region = "profile" in named ? config.profile(named.profile)?.get("region") : undefined;
  const withSettings = withSessionVariables(config, role.session.name, system);
  // Sessions and roles name the cache file, endpoints do not. So credentials of another portal must
  // not be read from it or written to it.
  const cacheOff = hasOwnEndpoint(role, config, system) ? { SSO_CRED_CACHE: "off" } : undefined;
  return {
    role,
    /** The region of the profile that named the role. */
    region: region || undefined,
    /** The system with the variables that the session's section sets. */
    configured: cacheOff ? withVariables(withSettings, cacheOff) : withSettings,
  };

  function roleOfSession({ session, accountId, roleName }: NamedRole): SessionRole {
    try {
      return { session: resolveSession(config, session, system), accountId, roleName };
    } catch (error) {
      removeFormerRoles(system);
      throw error;
    }
  }
}

/** True if the profile's portal is not its session's, such as a local stand-in for AWS. */
function hasOwnEndpoint({ session }: SessionRole, config: Config, system: System): boolean {
  const { name, endpoints } = session;
  if (name === null || endpoints.ssoUrl === undefined) return false;
  const own = attempt(() => resolveSession(config, name, system).endpoints.ssoUrl);
  return own !== endpoints.ssoUrl;
}
