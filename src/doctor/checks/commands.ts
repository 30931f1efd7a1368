import { printable } from "../../text/printable.ts";
import { failingClients } from "../clients.ts";
import type { CommandFacts, Facts } from "../facts.ts";
import { type Finding, finding as findingAt } from "../report.ts";

/** Checks the command of each credential_process line that runs sso-cred. */
export function* checkCommands({ commands, version, platform }: Facts): Generator<Finding> {
  for (const command of commands) yield* checkCommand(command, version, platform);
}

function* checkCommand(facts: CommandFacts, version: string, platform: NodeJS.Platform): Generator<Finding> {
  const { command, where, profiles, remedy } = facts;
  const title = `${printable(command)}, the command of ${list(profiles)},`;
  const finding = (id: string, severity: Finding["severity"], what: string, why: string) =>
    findingAt(id, severity, where, { found: `${title} ${what}`, why, ...remedy });
  if (facts.splitsDifferently) {
    const why =
      "the AWS CLI splits the line itself and expands no variables, the other clients pass it to a shell; quote spaces and write paths in full";
    yield finding("command-quoting", "error", "is read differently by different clients", why);
  } else if (/^~/.test(command)) {
    const why = `${failingClients("commandWithTilde")} run it without a shell, which would replace ~`;
    yield finding("command-tilde", "error", "begins with ~", why);
  } else if (facts.state === "missing") {
    const what = /[/\\]/.test(command) ? "does not exist" : "is not in PATH";
    yield finding("command-missing", "error", what, "no client can run it");
  } else if (facts.state === "not executable") {
    yield finding("command-not-executable", "error", "cannot be executed", "no client can run it");
  } else if (facts.state === "batch file") {
    const why = "the AWS CLI and boto3 run it without a shell, which finds only sso-cred.exe";
    yield finding("command-not-executable", "error", "is in Path only as a batch file", why);
  } else {
    if (!facts.isAbsolute) {
      const path = platform === "win32" ? "Path" : "PATH";
      const why = `programs that are not started from your shell, like an IDE, may have another ${path}`;
      yield finding("command-relative", "warning", "is not an absolute path", why);
    }
    if (facts.isQuoted) {
      const why = "the SDK for Go, and so Terraform, cannot pass quotes to cmd";
      yield finding("command-quoted", "warning", "is in quotes", why);
    }
    if (facts.version !== undefined && facts.version !== version) {
      const what = `is version ${printable(facts.version)}, and this is ${version}`;
      yield finding("command-version", "warning", what, "your tools run that version, not this one");
    }
  }
}

function list(profiles: readonly string[]): string {
  const [first = "", ...rest] = profiles;
  return `profile '${printable(first)}'${rest.length > 0 ? ` and ${rest.length} more` : ""}`;
}
