import { EXIT_CODE } from "../errors.ts";

const MAIN = `Usage: sso-cred SESSION --account-id ID --role-name ROLE    credential_process: print credentials
       sso-cred --profile NAME                              the same, for a profile with sso_* keys
       sso-cred COMMAND [SESSION | --profile NAME] [FLAGS]

Commands:
  init     sign in, choose accounts and roles, write ~/.aws/config
  login    sign in now
  logout   sign out: tell the portal, remove token and role credentials
  list     accounts and roles you may use
  status   signed in? until when? exit code 0 if usable without a person
  doctor   what is wrong here, why it matters, and the command that mends it

  -h, --help      this text; sso-cred COMMAND --help for a command's flags
  -V, --version   print the version

In ~/.aws/config:
  [profile my-dev-profile]
  credential_process = /path/to/sso-cred my-sso --account-id 123456789011 --role-name ReadOnly

Exit codes:
  ${["0 success", ...Object.entries(EXIT_CODE).map(([kind, code]) => `${code} ${kind}`)].join(", ").replace(", 6", ",\n  6")}

Environment:
  SSO_CRED_LOGIN=auto|browser|device|never   how a call signs in when it has to
  SSO_CRED_WAIT=SECONDS                      how long a call may take (50)
  SSO_CRED_CACHE=off                         keep role credentials off the disk
  SSO_CRED_TRACE=FILE                        write down what happens, without secrets
  The first three also as sso_cred_login, sso_cred_wait and sso_cred_cache in the [sso-session]; the variable wins.
`;

const SESSION = `  SESSION             the [sso-session]; without it the only one in the config
  --profile NAME      the session of a profile
  --sso-session NAME  the session, for names that look like a flag
`;

const COMMANDS: Readonly<Record<string, string>> = {
  init: `Usage: sso-cred init [SESSION] [FLAGS]

Asks for what no flag answers, signs in where the portal has to be asked, and writes ~/.aws/config.

  --start-url URL --sso-region REGION --scopes LIST   of a new session
  --account-id ID --role-name ROLE                    one profile
  --region REGION --output FORMAT                     of the new profiles
  --profile-name NAME      or a template: {account_name} {account_id} {role_name} {session}
  --all                    a profile for every account and role
  --accounts GLOB          only these accounts, by name or id; repeatable; !GLOB leaves out
  --roles GLOB             only these roles; repeatable; !GLOB leaves out
  --adopt                  turn the session's sso_* profiles, and those of granted, aws-vault, aws-sso-util and
                           aws-sso, into credential_process profiles of the same names
  --revert                 the way back, of all sessions or of this one; needs no sign-in
  --repair                 only bring this program's path in the profiles up to date
  --session-only           only write the [sso-session], without a sign-in
  --prune                  remove the session's profiles whose role is not assigned any more
  --command COMMAND        what to write instead of this program's path, like sso-cred
  --yes                    take the default wherever there is one
  --dry-run                print the plan as a diff, write nothing
  --json                   print the plan as JSON
  --sso-session NAME       the session, for names that look like a flag
  --use-device-code --no-browser    as of login
`,
  doctor: `Usage: sso-cred doctor [SESSION | --profile NAME] [--offline] [--json]

Looks for everything that keeps AWS tools from getting credentials here. Changes nothing and starts no sign-in.
Exit code 0 when nothing has to be mended, else 8.

${SESSION}  --offline           ask no service
  --json              an array of findings

Example: sso-cred doctor
`,
  list: `Usage: sso-cred list [SESSION | --profile NAME] [--accounts GLOB] [--roles GLOB] [--json]

${SESSION}  --accounts GLOB     only these accounts, by name or id; repeatable; !GLOB leaves out
  --roles GLOB        only these roles; repeatable; !GLOB leaves out
  --json              an array with an object for each role
  --use-device-code --no-browser    as of login
`,
  login: `Usage: sso-cred login [SESSION | --profile NAME] [--use-device-code] [--no-browser]

${SESSION}  --use-device-code   sign in with a code, on whatever device
  --no-browser        only print the address
`,
  logout: `Usage: sso-cred logout [SESSION | --profile NAME | --all]

${SESSION}  --all               every session, like aws sso logout
`,
  status: `Usage: sso-cred status [SESSION ...] [--json]

${SESSION}  --json              an array with an object for each session
`,
};

/** The help text of a command, or of the program. */
export function helpText(command?: string): string {
  return (command !== undefined && Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined) ?? MAIN;
}
