import type { Flag, Kind } from "./flag.ts";
import { INIT_FLAGS, REFRESH_FLAG } from "./initTable.ts";

export const SHELLS = ["bash", "zsh", "sh", "fish", "powershell", "cmd"] as const;
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
  /** The kind of its positional arguments. */
  readonly words?: Kind;
  /** A line that works unchanged. */
  readonly example: string;
}

const ROLE_FLAGS: readonly Flag[] = [
  { name: "account-id", value: "ID", kind: "account", help: "the account, 12 digits" },
  { name: "role-name", value: "ROLE", kind: "role", help: "the role" },
  {
    name: "sso-session",
    value: "NAME",
    kind: "session",
    help: "the session, for names that look like a flag",
  },
  { name: "profile", value: "NAME", kind: "profile", help: "session, account and role of a profile" },
];

export const MAIN_FLAGS: readonly Flag[] = [
  ...ROLE_FLAGS,
  { name: "json", help: "print the document on a terminal, too" },
];

/** All commands and flags. Help, README, man page and completion are made from this table. */
export const COMMANDS: readonly CommandUsage[] = commands();

export function commandUsage(name: string | undefined): CommandUsage | undefined {
  return COMMANDS.find((command) => command.name === name);
}

function commands(): CommandUsage[] {
  const session: Flag[] = [
    { name: "profile", value: "NAME", kind: "profile", help: "the session of a profile" },
    {
      name: "sso-session",
      value: "NAME",
      kind: "session",
      help: "the session, for names that look like a flag",
    },
  ];
  const signIn: Flag[] = [
    { name: "use-device-code", help: "sign in with a code, on any device" },
    { name: "no-browser", help: "only print the address" },
  ];
  const json = (help: string): Flag => ({ name: "json", help });
  const role = "(--profile NAME | SESSION --account-id ID --role-name ROLE)";
  return [
    {
      name: "init",
      synopsis: "[SESSION] [FLAGS]",
      summary: "sign in, choose accounts and roles, write ~/.aws/config",
      about:
        "Asks for what no flag answers, signs in where the portal has to be asked, and writes ~/.aws/config.",
      flags: [...INIT_FLAGS, ...signIn],
      words: "session",
      example: "sso-cred init my-sso --all --yes --dry-run",
    },
    {
      name: "login",
      synopsis: "[SESSION | --profile NAME] [--use-device-code] [--no-browser]",
      summary: "sign in now",
      flags: [...session, ...signIn],
      words: "session",
      example: "sso-cred login my-sso",
    },
    {
      name: "logout",
      synopsis: "[SESSION | --profile NAME | --all]",
      summary: "sign out: revoke at the portal, remove token and role credentials",
      flags: [...session, { name: "all", help: "every session, like aws sso logout" }],
      words: "session",
      example: "sso-cred logout my-sso",
    },
    {
      name: "list",
      synopsis: "[SESSION | --profile NAME] [--accounts GLOB] [--roles GLOB] [--refresh] [--json]",
      summary: "accounts and roles you may use",
      flags: [
        ...session,
        {
          name: "accounts",
          value: "GLOB",
          help: "only these accounts, by name or id; repeatable; !GLOB leaves out",
        },
        { name: "roles", value: "GLOB", help: "only these roles; repeatable; !GLOB leaves out" },
        REFRESH_FLAG,
        json("an array with an object for each role"),
        ...signIn,
      ],
      words: "session",
      example: "sso-cred list my-sso --roles 'Read*'",
    },
    {
      name: "status",
      synopsis: "[SESSION ...] [--profile NAME] [--json]",
      summary: "signed in? until when? exit code 0 if usable without a person, else 4",
      flags: [...session, json("an array with an object for each session")],
      words: "session",
      example: "sso-cred status",
    },
    {
      name: "doctor",
      synopsis: "[SESSION | --profile NAME] [--offline] [--json]",
      summary: "what is wrong here, why it matters, and the command that mends it",
      about:
        "Looks for everything that keeps AWS tools from getting credentials here. Changes nothing and starts no sign-in.\nExit code 0 when nothing has to be mended, else 8.",
      flags: [
        ...session,
        { name: "offline", help: "ask no service" },
        json("an array with an object for each finding"),
      ],
      words: "session",
      example: "sso-cred doctor",
    },
    {
      name: "exec",
      synopsis: `${role} [--serve] -- COMMAND [ARG ...]`,
      summary: "run a command with credentials: in its environment, or served while it runs",
      about:
        "The command's exit code is that of this program, 128 + n after signal n, 127 where there is no such command.\nWith --serve no secret enters the environment: a server on 127.0.0.1 gives AWS SDKs fresh credentials as long as the command runs. Use it for jobs that outlive a role session.",
      flags: [...ROLE_FLAGS, { name: "serve", help: "serve the credentials on 127.0.0.1" }, ...signIn],
      words: "session",
      example: "sso-cred exec --profile my-dev-profile -- aws sts get-caller-identity",
    },
    {
      name: "env",
      synopsis: `${role} [--shell NAME] [--force]\n       sso-cred env --unset [--shell NAME]`,
      summary: "print the same variables as lines for eval",
      about:
        'In bash, zsh and sh: eval "$(sso-cred env --profile NAME)". In fish and PowerShell, pipe it to source or to Invoke-Expression.\nIn cmd: for /f "tokens=*" %i in (\'sso-cred env --profile NAME\') do @%i',
      flags: [
        ...ROLE_FLAGS,
        {
          name: "shell",
          value: "NAME",
          kind: "shell",
          help: `${SHELLS.join(", ")}; told from the caller unless given`,
        },
        { name: "unset", help: "print the lines that take the variables away again" },
        { name: "force", help: "print even to a terminal, where the secrets stay in the scrollback" },
        ...signIn,
      ],
      words: "session",
      example: 'eval "$(sso-cred env --profile my-dev-profile)"',
    },
    {
      name: "console",
      synopsis: `${role} [--destination URL] [--print]`,
      summary: "open the AWS console in this account and role",
      flags: [
        ...ROLE_FLAGS,
        { name: "destination", value: "URL", help: "a page of the AWS console" },
        { name: "print", help: "print the address instead of opening it" },
      ],
      words: "session",
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
}
