import { EXIT_CODE } from "../errors.ts";
import { VERSION } from "../platform/version.ts";
import { COMMANDS, type CommandUsage, commandUsage } from "./commandTable.ts";
import type { Flag } from "./flags.ts";

const COLUMNS = 80;
const NAMES = Math.max(...COMMANDS.map(({ name }) => name.length)) + 2;

const EXIT_CODES = ["0 success", ...Object.entries(EXIT_CODE).map(([kind, code]) => `${code} ${kind}`)];

const VARIABLES: readonly (readonly [name: string, help: string])[] = [
  ["SSO_CRED_LOGIN=auto|browser|device|never", "how a call signs in when it has to"],
  ["SSO_CRED_WAIT=SECONDS", "how long a call may take (50)"],
  ["SSO_CRED_CACHE=off", "keep role credentials off the disk"],
  ["SSO_CRED_TRACE=FILE", "record what happens, without secrets"],
];

const ALSO_IN_CONFIG =
  "The first three are also settings of the [sso-session]: sso_cred_login, sso_cred_wait and sso_cred_cache. The variable wins.";

export function helpText(name?: string): string {
  const command = commandUsage(name);
  return command === undefined ? programHelp() : commandHelp(command);
}

/** A flag in the form of help texts. */
function flagForm({ name, value }: Flag): string {
  return value === undefined ? `--${name}` : `--${name} ${value}`;
}

function programHelp(): string {
  return `Usage: sso-cred SESSION --account-id ID --role-name ROLE
       sso-cred --profile NAME
       sso-cred COMMAND [SESSION | --profile NAME] [FLAGS]

The first two print a role's credentials for credential_process. A pipe or
--json gets the document, a terminal a summary.

Commands:
${table(COMMANDS.map(({ name, summary }) => [name, summary]))}
  -h, --help, help [COMMAND]   this text, or that of a command
  -V, --version, version       print the version, with front, Node and platform

In ~/.aws/config:
  [profile my-dev-profile]
  credential_process = /path/sso-cred SESSION --account-id ID --role-name ROLE

Example: sso-cred init

Exit codes:
${wrap(EXIT_CODES.join(", "), 2)}
Environment:
${table(VARIABLES)}${wrap(ALSO_IN_CONFIG, 2)}`;
}

function commandHelp(command: CommandUsage): string {
  const { name, synopsis, summary, about, flags, words = "session", example } = command;
  const text = about ?? `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`;
  const session: string[][] =
    words === "session" && flags.every((flag) => flag.name !== "role-name")
      ? [["SESSION", "the [sso-session]; without it the only one in the config"]]
      : [];
  const rows = [...session, ...flags.map((flag) => [flagForm(flag), flag.help])];
  const usage = synopsis.split(/\n\s*sso-cred \w+ /).map((form) => wrap(`sso-cred ${name} ${form}`, 7));
  return `Usage: ${usage.join("").trimStart()}
${text
  .split("\n")
  .map((line) => wrap(line, 0))
  .join("")}${rows.length === 0 ? "" : `\n${table(rows)}`}
Example: ${example}
`;
}

function table(rows: readonly (readonly string[])[]): string {
  const width = Math.max(NAMES, ...rows.map(([left = ""]) => left.length + 2));
  const line = ([left = "", right = ""]: readonly string[]) =>
    `  ${left.padEnd(width)}${wrap(right, width + 2).trimStart()}`;
  return rows.map(line).join("");
}

/** Breaks at spaces, not in brackets or before a flag's value. Lines are indented and end in \n. */
function wrap(text: string, indent: number): string {
  const lines = [""];
  for (const word of text.match(/(?:\[[^\]]*\]|--[a-z-]+ [A-Z]+|\S)+/g) ?? []) {
    const last = lines.at(-1) ?? "";
    if (last !== "" && indent + last.length + 1 + word.length > COLUMNS) lines.push(word);
    else lines[lines.length - 1] = last === "" ? word : `${last} ${word}`;
  }
  return lines.map((line) => `${" ".repeat(indent)}${line}\n`).join("");
}

/** `sso-cred.1`, in the man macros of man(7). */
export function manPage(): string {
  return `.TH SSO\\-CRED 1 "" "sso\\-cred ${roff(VERSION)}" "User Commands"
.SH NAME
sso\\-cred \\- credentials from AWS IAM Identity Center for every AWS tool
.SH SYNOPSIS
.B sso\\-cred
SESSION \\-\\-account\\-id ID \\-\\-role\\-name ROLE
.br
.B sso\\-cred
\\-\\-profile NAME
.br
.B sso\\-cred
COMMAND [SESSION | \\-\\-profile NAME] [FLAGS]
.SH DESCRIPTION
Without a command, sso\\-cred prints the JSON document that AWS SDKs read from a credential_process. It takes role
credentials from the cache, refreshes them silently, and opens the browser when a person has to sign in.
.PP
In ~/.aws/config:
.PP
.nf
[profile my\\-dev\\-profile]
credential_process = /path/to/sso\\-cred my\\-sso \\-\\-account\\-id 123456789011 \\-\\-role\\-name ReadOnly
.fi
.SH COMMANDS
${COMMANDS.map(commandSection).join("")}.SH EXIT STATUS
${roff(EXIT_CODES.join(", "))}
.SH ENVIRONMENT
${VARIABLES.map(([name, help]) => `.TP\n.B ${roff(name)}\n${roff(help)}\n`).join("")}.PP
${roff(ALSO_IN_CONFIG)}
.SH FILES
~/.aws/config, ~/.aws/sso/cache, ~/.aws/cli/cache, ~/.aws/sso\\-cred
.SH SEE ALSO
.BR aws (1)
`;
}

function commandSection({ name, synopsis, summary, about, flags, example }: CommandUsage): string {
  const usage = synopsis.split("\n").map((line) => line.replace(/^ *sso-cred \w+ /, ""));
  const forms = usage.map((form) => `.B sso\\-cred ${name}\n${roff(form)}\n`);
  const options = flags.map((flag) => `.TP\n.B ${roff(flagForm(flag))}\n${roff(flag.help)}\n`);
  const text = about === undefined ? `${summary}.` : `${summary}. ${about}`;
  return `.SS ${name}
${forms.join(".br\n")}.PP
${roff(text)}
${options.join("")}.PP
Example:
.PP
.nf
${roff(example)}
.fi
`;
}

/** Escapes backslashes and hyphens, and a dot or quote that would begin a request. */
function roff(text: string): string {
  return text.replaceAll("\\", "\\e").replaceAll("-", "\\-").replace(/^[.']/gm, "\\&$&");
}
