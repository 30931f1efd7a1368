import { VERSION } from "../platform/version.ts";
import { COMMANDS, type CommandUsage } from "./commandTable.ts";
import { ALSO_IN_CONFIG, EXIT_CODES, flagForm, VARIABLES } from "./help.ts";

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
