import type { Flag, Kind } from "./flags.ts";
import * as FLAGS from "./flags.ts";

export const COMPLETION_SHELLS = ["bash", "zsh", "fish", "powershell"] as const;

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

/** All commands and flags. Help, README, man page and completion are made from this table. */
export const COMMANDS: readonly CommandUsage[] = [
  {
    name: "init",
    synopsis: "[SESSION] [FLAGS]",
    summary: "sign in, choose accounts and roles, write ~/.aws/config",
    about: "Asks the questions that no flag answers, signs in if necessary, and writes ~/.aws/config.",
    flags: FLAGS.INIT_FLAGS,
    example: "sso-cred init my-sso --all --yes --dry-run",
  },
  {
    name: "login",
    synopsis: "[SESSION | --profile NAME] [--use-device-code] [--no-browser]",
    summary: "sign in now",
    flags: FLAGS.LOGIN_FLAGS,
    example: "sso-cred login my-sso",
  },
  {
    name: "logout",
    synopsis: "[SESSION | --profile NAME | --all]",
    summary: "sign out: revoke at the portal, remove token and role credentials",
    flags: FLAGS.LOGOUT_FLAGS,
    example: "sso-cred logout my-sso",
  },
  {
    name: "list",
    synopsis: "[SESSION | --profile NAME] [--accounts GLOB] [--roles GLOB] [--refresh] [--json]",
    summary: "accounts and roles you may use",
    flags: FLAGS.LIST_FLAGS,
    example: "sso-cred list my-sso --roles 'Read*'",
  },
  {
    name: "status",
    synopsis: "[SESSION ...] [--profile NAME] [--json]",
    summary: "signed in? until when? exit code 0 if usable without a person, else 4",
    flags: FLAGS.STATUS_FLAGS,
    example: "sso-cred status",
  },
  {
    name: "doctor",
    synopsis: "[SESSION | --profile NAME] [--offline] [--json]",
    summary: "what is wrong here, why it matters, and the command that mends it",
    about:
      "Looks for everything that keeps AWS tools from getting credentials here. Changes nothing and starts no sign-in.\nExit code 8 if something has to be fixed, else 0.",
    flags: FLAGS.DOCTOR_FLAGS,
    example: "sso-cred doctor",
  },
  {
    name: "exec",
    synopsis: `${ROLE} [--serve] -- COMMAND [ARG ...]`,
    summary: "run a command with credentials: in its environment, or served while it runs",
    about:
      "The exit code is the command's, 128 + n after signal n, or 127 if the command is not found.\nWith --serve no secret enters the environment: a server on 127.0.0.1 gives AWS SDKs fresh credentials as long as the command runs. Use it for jobs that outlive a role session.",
    flags: FLAGS.EXEC_FLAGS,
    example: "sso-cred exec --profile my-dev-profile -- aws sts get-caller-identity",
  },
  {
    name: "env",
    synopsis: `${ROLE} [--shell NAME] [--force]\n       sso-cred env --unset [--shell NAME]`,
    summary: "print the same variables as lines for eval",
    about:
      'In bash, zsh and sh: eval "$(sso-cred env --profile NAME)". In fish and PowerShell, pipe it to source or to Invoke-Expression.\nIn cmd: for /f "tokens=*" %i in (\'sso-cred env --profile NAME\') do @%i',
    flags: FLAGS.ENV_FLAGS,
    example: 'eval "$(sso-cred env --profile my-dev-profile)"',
  },
  {
    name: "console",
    synopsis: `${ROLE} [--destination URL] [--print]`,
    summary: "open the AWS console in this account and role",
    flags: FLAGS.CONSOLE_FLAGS,
    example: "sso-cred console --profile my-dev-profile",
  },
  {
    name: "completion",
    synopsis: "bash|zsh|fish|powershell",
    summary: "print the shell's completion script",
    flags: [],
    words: "completionShell",
    example: 'eval "$(sso-cred completion bash)"',
  },
];

export function commandUsage(name: string | undefined): CommandUsage | undefined {
  return COMMANDS.find((command) => command.name === name);
}
