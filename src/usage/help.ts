import { EXIT_CODE } from "../errors.ts";
import { COMMANDS, type CommandUsage, commandUsage } from "./commandTable.ts";
import type { Flag } from "./flags.ts";

const COLUMNS = 80;
const NAMES = Math.max(...COMMANDS.map(({ name }) => name.length)) + 2;

export const EXIT_CODES = [
  "0 success",
  ...Object.entries(EXIT_CODE).map(([kind, code]) => `${code} ${kind}`),
];

export const VARIABLES: readonly (readonly [name: string, help: string])[] = [
  ["SSO_CRED_LOGIN=auto|browser|device|never", "how a call signs in when it has to"],
  ["SSO_CRED_WAIT=SECONDS", "how long a call may take (50)"],
  ["SSO_CRED_CACHE=off", "keep role credentials off the disk"],
  ["SSO_CRED_TRACE=FILE", "record what happens, without secrets"],
];

export const ALSO_IN_CONFIG =
  "The first three are also settings of the [sso-session]: sso_cred_login, sso_cred_wait and sso_cred_cache. The variable wins.";

export function helpText(name?: string): string {
  const command = commandUsage(name);
  return command === undefined ? programHelp() : commandHelp(command);
}

/** A flag in the form of help texts. */
export function flagForm({ name, value }: Flag): string {
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
