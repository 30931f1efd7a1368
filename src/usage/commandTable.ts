import {
  type Flag,
  type FlagValues,
  type Kind,
  parseArguments,
  REFRESH_FLAG,
  ROLE_FLAGS,
  SELECTION_FLAGS,
  SESSION_FLAGS,
  SESSION_NAME,
  SHELLS,
  SIGN_IN_FLAGS,
} from "./flags.ts";

export interface CommandUsage {
  readonly name: string;
  /** The arguments, after the command's name. */
  readonly synopsis: string;
  /** One line, for lists of commands. */
  readonly summary: string;
  /** The text of the command's own help. */
  readonly about?: string;
  readonly flags: readonly Flag[];
  /** The kind of its positional arguments; `session` by default. */
  readonly words?: Kind;
  /** A line that works unchanged. */
  readonly example: string;
}

const ROLE = "(--profile NAME | SESSION --account-id ID --role-name ROLE)";

/** Help, README, man page and completion are made from this table. */
const TABLE = {
  init: {
    synopsis: "[SESSION] [FLAGS]",
    summary: "sign in, choose accounts and roles, write ~/.aws/config",
    about: "Asks the questions that no flag answers, signs in if necessary, and writes ~/.aws/config.",
    flags: [
      { name: "start-url", value: "URL", help: "of a new session: the address of the access portal" },
      { name: "sso-region", value: "REGION", help: "of a new session: the region of Identity Center" },
      { name: "scopes", value: "LIST", help: "of a new session: registration scopes, separated by commas" },
      { name: "account-id", value: "ID", kind: "account", help: "of one profile: the account" },
      { name: "role-name", value: "ROLE", kind: "role", help: "of one profile: the role" },
      { name: "region", value: "REGION", help: "of the new profiles" },
      { name: "output", value: "FORMAT", help: "of the new profiles" },
      {
        name: "profile-name",
        value: "NAME",
        help: "or a template: {account_name} {account_id} {role_name} {session}",
      },
      { name: "all", help: "a profile for every account and role" },
      ...SELECTION_FLAGS,
      {
        name: "adopt",
        help: "turn the session's sso_* profiles, and those of granted, aws-vault, aws-sso-util and aws-sso, into credential_process profiles of the same names",
      },
      { name: "revert", help: "undo the adoption, of all sessions or of this one; needs no sign-in" },
      { name: "repair", help: "only update this program's path in the profiles" },
      { name: "session-only", help: "only write the [sso-session], without a sign-in" },
      { name: "prune", help: "remove the session's profiles whose role is no longer assigned" },
      REFRESH_FLAG,
      {
        name: "command",
        value: "COMMAND",
        help: "what to write instead of this program's path, such as sso-cred",
      },
      { name: "yes", help: "accept every default" },
      { name: "dry-run", help: "print the plan as a diff, write nothing" },
      { name: "json", help: "print the plan as JSON" },
      SESSION_NAME,
      ...SIGN_IN_FLAGS,
    ],
    example: "sso-cred init my-sso --all --yes --dry-run",
  },
  login: {
    synopsis: "[SESSION | --profile NAME] [--use-device-code] [--no-browser]",
    summary: "sign in now",
    flags: [...SESSION_FLAGS, ...SIGN_IN_FLAGS],
    example: "sso-cred login my-sso",
  },
  logout: {
    synopsis: "[SESSION | --profile NAME | --all]",
    summary: "sign out: revoke at the portal, remove token and role credentials",
    flags: [...SESSION_FLAGS, { name: "all", help: "every session, like aws sso logout" }],
    example: "sso-cred logout my-sso",
  },
  list: {
    synopsis: "[SESSION | --profile NAME] [--accounts GLOB] [--roles GLOB] [--refresh] [--json]",
    summary: "accounts and roles you may use",
    flags: [
      ...SESSION_FLAGS,
      ...SELECTION_FLAGS,
      REFRESH_FLAG,
      { name: "json", help: "an array with an object for each role" },
      ...SIGN_IN_FLAGS,
    ],
    example: "sso-cred list my-sso --roles 'Read*'",
  },
  status: {
    synopsis: "[SESSION ...] [--profile NAME] [--json]",
    summary: "signed in? until when? exit code 0 if usable without a person, else 4",
    flags: [...SESSION_FLAGS, { name: "json", help: "an array with an object for each session" }],
    example: "sso-cred status",
  },
  doctor: {
    synopsis: "[SESSION | --profile NAME] [--offline] [--json]",
    summary: "what is wrong here, why it matters, and the command that mends it",
    about:
      "Looks for everything that keeps AWS tools from getting credentials here. Changes nothing and starts no sign-in.\nExit code 8 if something has to be fixed, else 0.",
    flags: [
      ...SESSION_FLAGS,
      { name: "offline", help: "contact no service" },
      { name: "json", help: "an array with an object for each finding" },
    ],
    example: "sso-cred doctor",
  },
  exec: {
    synopsis: `${ROLE} [--serve] -- COMMAND [ARG ...]`,
    summary: "run a command with credentials: in its environment, or served while it runs",
    about:
      "The exit code is the command's, 128 + n after signal n, or 127 if the command is not found.\nWith --serve no secret enters the environment: a server on 127.0.0.1 gives AWS SDKs fresh credentials as long as the command runs. Use it for jobs that outlive a role session.",
    flags: [...ROLE_FLAGS, { name: "serve", help: "serve the credentials on 127.0.0.1" }, ...SIGN_IN_FLAGS],
    example: "sso-cred exec --profile my-dev-profile -- aws sts get-caller-identity",
  },
  env: {
    synopsis: `${ROLE} [--shell NAME] [--force]\n       sso-cred env --unset [--shell NAME]`,
    summary: "print the same variables as lines for eval",
    about:
      'In bash, zsh and sh: eval "$(sso-cred env --profile NAME)". In fish and PowerShell, pipe it to source or to Invoke-Expression.\nIn cmd: for /f "tokens=*" %i in (\'sso-cred env --profile NAME\') do @%i',
    flags: [
      ...ROLE_FLAGS,
      {
        name: "shell",
        value: "NAME",
        kind: "shell",
        help: `${SHELLS.join(", ")}; by default that of the caller`,
      },
      { name: "unset", help: "print lines that unset the variables" },
      { name: "force", help: "print even to a terminal, where the secrets stay in the scrollback" },
      ...SIGN_IN_FLAGS,
    ],
    example: 'eval "$(sso-cred env --profile my-dev-profile)"',
  },
  console: {
    synopsis: `${ROLE} [--destination URL] [--print]`,
    summary: "open the AWS console in this account and role",
    flags: [
      ...ROLE_FLAGS,
      { name: "destination", value: "URL", help: "a page of the AWS console" },
      { name: "print", help: "print the address instead of opening it" },
    ],
    example: "sso-cred console --profile my-dev-profile",
  },
  completion: {
    synopsis: "bash|zsh|fish|powershell",
    summary: "print the shell's completion script",
    flags: [],
    words: "completionShell",
    example: 'eval "$(sso-cred completion bash)"',
  },
} as const satisfies Record<string, Omit<CommandUsage, "name">>;

type Name = keyof typeof TABLE;

/** The flags of one command by their names. */
export type CommandFlags<N extends Name> = FlagValues<(typeof TABLE)[N]["flags"]>;

/** Throws as {@link parseArguments}. */
export function parseFlags<N extends Name>(args: readonly string[], command: N) {
  return parseArguments(args, TABLE[command].flags);
}

export const COMMANDS: readonly CommandUsage[] = Object.entries(TABLE).map(([name, usage]) => ({
  name,
  ...usage,
}));

export function commandUsage(name: string | undefined): CommandUsage | undefined {
  return COMMANDS.find((command) => command.name === name);
}
