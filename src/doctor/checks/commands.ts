import { printable } from "../../text/printable.ts";
import { failingClients } from "../clients.ts";
import type { CommandFacts, Facts } from "../facts.ts";
import type { Finding } from "../report.ts";

/** Checks the command of each credential_process line that runs sso-cred. */
export function checkCommands({ commands, version, platform }: Facts): Finding[] {
  return commands.flatMap((command) => checkCommand(command, version, platform));
}

function checkCommand(facts: CommandFacts, version: string, platform: NodeJS.Platform): Finding[] {
  const { command, where, profiles, remedy } = facts;
  const title = `${printable(command)}, the command of ${list(profiles)},`;
  const finding = (id: string, severity: Finding["severity"], found: string, why: string): Finding[] => [
    { id, severity, found: `${title} ${found}`, where, why, ...remedy },
  ];
  if (facts.splitsDifferently)
    return finding(
      "command-quoting",
      "error",
      "is not read in the same way by every client",
      "the AWS CLI splits the line itself and replaces no variables, the other clients hand it to a shell; blanks must be quoted, and paths written out",
    );
  if (/^~/.test(command))
    return finding(
      "command-tilde",
      "error",
      "begins with ~",
      `${failingClients("commandWithTilde")} run it without a shell, which would replace ~`,
    );
  if (facts.state === "missing")
    return finding(
      "command-missing",
      "error",
      /[/\\]/.test(command) ? "does not exist" : "is not in PATH",
      "no client can run it",
    );
  if (facts.state === "not executable")
    return finding("command-not-executable", "error", "cannot be executed", "no client can run it");
  if (facts.state === "batch file")
    return finding(
      "command-not-executable",
      "error",
      "is in Path as a batch file only",
      "the AWS CLI and boto3 run it without a shell, which finds nothing but sso-cred.exe",
    );
  const found: Finding[] = [];
  if (!facts.isAbsolute)
    found.push(
      ...finding(
        "command-relative",
        "warning",
        "is not an absolute path",
        `programs that are not started from your shell, like an IDE, may have another ${platform === "win32" ? "Path" : "PATH"}`,
      ),
    );
  if (facts.isQuoted)
    found.push(
      ...finding(
        "command-quoted",
        "warning",
        "stands in quotes",
        "the SDK for Go, and so Terraform, cannot pass them on to cmd",
      ),
    );
  if (facts.version !== undefined && facts.version !== version)
    found.push(
      ...finding(
        "command-version",
        "warning",
        `is version ${printable(facts.version)}, and this is ${version}`,
        "what you try here is not what the tools run",
      ),
    );
  return found;
}

function list(profiles: readonly string[]): string {
  const [first = "", ...rest] = profiles;
  return `profile '${printable(first)}'${rest.length > 0 ? ` and ${rest.length} more` : ""}`;
}
