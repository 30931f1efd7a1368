import { credentials } from "../commands/credentials.ts";
import { REFRESH_FLAG, runRefreshWorker } from "../credentials/refreshWorker.ts";
import { SsoCredError, usageError } from "../errors.ts";
import { homeDirectory } from "../hit/paths.ts";
import { becomeHomeOwner } from "../platform/homeOwner.ts";
import { closeInheritedDescriptors } from "../platform/inheritedDescriptors.ts";
import { installedFront } from "../platform/installation.ts";
import { EXIT_FLAG, exitProcess } from "../platform/programCommand.ts";
import { realSystem } from "../platform/realSystem.ts";
import type { System } from "../platform/system.ts";
import { VERSION } from "../platform/version.ts";
import { WORKER_FLAG } from "../signIn/changeLogin.ts";
import { printable } from "../text/printable.ts";
import { nearest } from "../text/words.ts";
import { asksFor, COMMAND_NAMES, canBeMainJob, commandOf, isMainJob } from "./commandLine.ts";

/** Followed by `--` and the words of the command line; called by the completion scripts. */
const COMPLETE_FLAG = "--complete";

/** Runs the command line of this process and ends it with the exit code. */
export async function runProcess(): Promise<void> {
  const args = process.argv.slice(2);
  if (args[0] === EXIT_FLAG) process.exit(Number(args[1]));
  becomeHomeOwner(process);
  if (args[0] === WORKER_FLAG) closeInheritedDescriptors();
  exitProcess(await runCli(args, realSystem()));
}

/** Runs a command line over a `System`. Returns the exit code, also for an error. */
export async function runCli(args: readonly string[], system: System): Promise<number> {
  try {
    return await dispatch(args, system);
  } catch (error) {
    const { reportFailure } = await import("./failure.ts");
    return reportFailure(error, args, system);
  }
}

async function dispatch(args: readonly string[], system: System): Promise<number> {
  const [word = "", ...rest] = args;
  if (word === WORKER_FLAG) {
    const { runLoginWorker } = await import("../signIn/worker/loginWorker.ts");
    await runLoginWorker(rest[0] ?? "", rest[1] ?? "", system);
    return 0;
  }
  if (word === REFRESH_FLAG) {
    await runRefreshWorker(rest[0] ?? "", rest[1] ?? "", system);
    return 0;
  }
  if (word === COMPLETE_FLAG && rest[0] === "--") {
    const { printCandidates } = await import("../commands/completion.ts");
    printCandidates(rest.slice(1), system);
    return 0;
  }
  const command = commandOf(args);
  if (word === "help" && !isMainJob(args)) return printHelp(knownCommand(rest), system);
  if (asksFor(args, "-h", "--help")) return printHelp(command && word, system);
  const isVersion = word === "version" && !isMainJob(args);
  if (isVersion && rest.length > 0) throw usageError("version takes no arguments");
  if (isVersion || (!command && asksFor(args, "-V", "--version"))) {
    system.writeStdout(`sso-cred ${VERSION} (${madeOf()})\n`);
    return 0;
  }
  checkHome(system);
  // The front's file is read only for a trace.
  const front = system.env.SSO_CRED_TRACE ? (frontInUse() ?? "none") : undefined;
  system.trace.step("begin", { version: VERSION, front, command: command ? word : "credentials" });
  if (command) return (await command())(rest, system);
  if (args.length === 0) throw usageError("no session and no command");
  const meant = canBeMainJob(args) ? undefined : nearestCommand(word);
  if (meant !== undefined) throw unknownCommand(word, meant);
  return credentials(args, system);
}

async function printHelp(command: string | undefined, system: System): Promise<number> {
  const { helpText } = await import("../usage/help.ts");
  system.writeStdout(helpText(command));
  return 0;
}

/** The command that `help COMMAND` names. */
function knownCommand([name, ...more]: readonly string[]): string | undefined {
  if (name === undefined || name.startsWith("-")) return undefined;
  if (more.length > 0)
    throw new SsoCredError("usage", "name one command", { remedy: { run: "sso-cred help" } });
  if (name === "help" || name === "version") return undefined;
  if (!COMMAND_NAMES.includes(name)) throw unknownCommand(name, nearestCommand(name));
  return name;
}

function nearestCommand(word: string): string | undefined {
  return nearest(word, [...COMMAND_NAMES, "help", "version"]);
}

function unknownCommand(word: string, meant: string | undefined): SsoCredError {
  const hint = meant === undefined ? "" : `; did you mean ${meant}?`;
  const run = COMMAND_NAMES.includes(meant ?? "") ? `sso-cred help ${meant}` : "sso-cred --help";
  return new SsoCredError("usage", `'${printable(word, 80)}' is not a command${hint}`, { remedy: { run } });
}

/** The part in brackets after the version: the front that was called, Node, and the target. */
function madeOf(): string {
  const front = frontInUse();
  const system = process.platform === "win32" ? "win" : process.platform;
  const start = front === undefined ? "no front" : `front ${front}`;
  return `${start}, Node ${process.versions.node}, ${system}-${process.arch}`;
}

function frontInUse(): string | undefined {
  const front = installedFront();
  return front?.isInUse ? front.version : undefined;
}

function checkHome(system: System): void {
  try {
    homeDirectory(system);
  } catch (error) {
    const variable = system.platform === "win32" ? "USERPROFILE" : "HOME";
    throw new SsoCredError("config", `there is no home folder: set ${variable}`, { cause: error });
  }
}
