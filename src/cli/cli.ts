import { completion, printCandidates } from "../commands/completion.ts";
import { console } from "../commands/console.ts";
import { credentials } from "../commands/credentials.ts";
import { doctor } from "../commands/doctor.ts";
import { env } from "../commands/env.ts";
import { exec } from "../commands/exec.ts";
import { init } from "../commands/init.ts";
import { list } from "../commands/list.ts";
import { login } from "../commands/login.ts";
import { logout } from "../commands/logout.ts";
import { status } from "../commands/status.ts";
import { EXIT_CODE, SsoCredError } from "../errors.ts";
import { homeDirectory } from "../hit/paths.ts";
import { outputFailure } from "../hit/writeFully.ts";
import { errorCode } from "../platform/errorCode.ts";
import { EXIT_FLAG, exitProcess } from "../platform/exitProcess.ts";
import { becomeHomeOwner } from "../platform/homeOwner.ts";
import { installedFront } from "../platform/installation.ts";
import { realSystem } from "../platform/realSystem.ts";
import type { System } from "../platform/system.ts";
import { VERSION } from "../platform/version.ts";
import { WORKER_FLAG } from "../signIn/startLogin.ts";
import { runLoginWorker } from "../signIn/worker/loginWorker.ts";
import { nearest } from "../text/nearest.ts";
import { printable } from "../text/printable.ts";
import { maskedText } from "../text/redact.ts";
import { commandUsage, MAIN_FLAGS, COMMANDS as TABLE } from "../usage/commandTable.ts";
import { helpText } from "../usage/help.ts";

/** Of characters; a URL of a sign-in fits in. */
const LONGEST_LINE = 8_192;
/** After its end a run of the main job still says what went wrong, to a reader that may be slow. */
const STDERR_PATIENCE_MS = 1_000;

type Command = (args: readonly string[], system: System) => Promise<number>;

const COMMANDS: Readonly<Record<string, Command>> = {
  init: (args, system) => init(args, system),
  list,
  login,
  logout,
  status,
  doctor,
  exec,
  env,
  console,
  completion,
};

/** Followed by `--` and words, as the completion scripts call it. */
const COMPLETE_FLAG = "--complete";

/** The process: runs the command line and ends with its exit code. */
export async function runProcess(): Promise<void> {
  const args = process.argv.slice(2);
  if (args[0] === EXIT_FLAG) process.exit(Number(args[1]));
  becomeHomeOwner(process);
  exitProcess(await runCli(args, realSystem()));
}

/** The program over a `System`: every error becomes its lines on stderr and its exit code, here and nowhere else. */
export async function runCli(args: readonly string[], system: System): Promise<number> {
  try {
    return await dispatch(args, system);
  } catch (error) {
    const failure = asFailure(error, args, system);
    system.trace.step("failed", { kind: failure.kind, message: failure.message, error: stack(error) });
    tell(failure, commandOf(args) ? Infinity : STDERR_PATIENCE_MS, system);
    return EXIT_CODE[failure.kind];
  }
}

async function dispatch(args: readonly string[], system: System): Promise<number> {
  const [word = "", ...rest] = args;
  if (word === WORKER_FLAG) {
    await runLoginWorker(rest[0] ?? "", rest[1] ?? "", system);
    return 0;
  }
  if (word === COMPLETE_FLAG && rest[0] === "--") {
    printCandidates(rest.slice(1), system);
    return 0;
  }
  const command = commandOf(args);
  if (word === "help" && !isMainJob(args)) {
    system.writeStdout(helpText(knownCommand(rest)));
    return 0;
  }
  if (asksFor(args, "-h", "--help")) {
    system.writeStdout(helpText(command ? word : undefined));
    return 0;
  }
  const isVersion = word === "version" && rest.length === 0;
  if (isVersion || (!command && asksFor(args, "-V", "--version"))) {
    system.writeStdout(`sso-cred ${versions()}\n`);
    return 0;
  }
  checkHome(system);
  // The front's file is read only for a trace.
  const front = system.env.SSO_CRED_TRACE ? (frontInUse() ?? "none") : undefined;
  system.trace.step("begin", { version: VERSION, front, command: command ? word : "credentials" });
  if (command) return command(rest, system);
  if (args.length === 0) {
    throw new SsoCredError("usage", "no session and no command", { remedy: { run: "sso-cred --help" } });
  }
  const meant = args.length === 1 ? nearestCommand(word) : undefined;
  if (meant !== undefined) throw unknownCommand(word, meant);
  return credentials(args, system);
}

/** `help COMMAND`. */
function knownCommand([name, ...more]: readonly string[]): string | undefined {
  if (name === undefined || name.startsWith("-")) return undefined;
  if (more.length > 0)
    throw new SsoCredError("usage", "name one command", { remedy: { run: "sso-cred help" } });
  if (commandUsage(name) === undefined) throw unknownCommand(name, nearestCommand(name));
  return name;
}

function nearestCommand(word: string): string | undefined {
  return nearest(word, [...TABLE.map(({ name }) => name), "help", "version"]);
}

function unknownCommand(word: string, meant: string | undefined): SsoCredError {
  const hint = meant === undefined ? "" : `; did you mean ${meant}?`;
  const run = meant === undefined || meant === "version" ? "sso-cred --help" : `sso-cred help ${meant}`;
  return new SsoCredError("usage", `'${printable(word, 80)}' is no command${hint}`, { remedy: { run } });
}

/** The program's version, and the front's where it differs. */
function versions(): string {
  const front = frontInUse() ?? VERSION;
  return front === VERSION ? VERSION : `${VERSION} (front ${front})`;
}

function frontInUse(): string | undefined {
  const front = installedFront();
  return front?.isInUse ? front.version : undefined;
}

/**
 * A first word with both flags is a session, whatever commands there will be; `init` has such flags itself. Before the commands that
 * take a role, this is so only of a line that has nothing else: theirs name a session, too.
 */
function isMainJob(args: readonly string[]): boolean {
  const [word = ""] = args;
  const has = (flag: string) => args.some((other) => other === flag || other.startsWith(`${flag}=`));
  if (word === "init" || !has("--account-id") || !has("--role-name")) return false;
  return !ROLE_COMMANDS.has(word) || isBareLine(args.slice(1));
}

const ROLE_COMMANDS: ReadonlySet<string> = new Set(["exec", "env", "console"]);

/** True for `--account-id ID --role-name ROLE`, in any order and form, and nothing else. */
function isBareLine(words: readonly string[]): boolean {
  for (let at = 0; at < words.length; at++) {
    const [, value] = /^--(?:account-id|role-name)(=.*)?$/s.exec(words[at] ?? "") ?? [undefined, null];
    if (value === null) return false;
    if (value === undefined) at++;
  }
  return true;
}

function asksFor(args: readonly string[], ...flags: string[]): boolean {
  const end = args.indexOf("--");
  return (end < 0 ? args : args.slice(0, end)).some((word) => flags.includes(word));
}

/** One of those that people run; none: the main job, or a line that is not understood. */
function commandOf(args: readonly string[]): Command | undefined {
  const [word = ""] = args;
  return !isMainJob(args) && Object.hasOwn(COMMANDS, word) ? COMMANDS[word] : undefined;
}

function checkHome({ env, platform }: System): void {
  try {
    homeDirectory(env, platform);
  } catch (error) {
    const variable = platform === "win32" ? "USERPROFILE" : "HOME";
    throw new SsoCredError("config", `there is no home folder: set ${variable}`, { cause: error });
  }
}

function asFailure(error: unknown, args: readonly string[], system: System): SsoCredError {
  if (error instanceof SsoCredError) return withAdvice(error, args);
  const { message, path, syscall } = (error ?? {}) as NodeJS.ErrnoException;
  const code = errorCode(error);
  if (code.startsWith("ERR_PARSE_ARGS")) {
    const help = commandOf(args) ? `${args[0]} --help` : "--help";
    return new SsoCredError("usage", `${withoutAdvice(message)}${flagHint(message, args)}`, {
      remedy: { run: `sso-cred ${help}` },
    });
  }
  // Files are named by their errors; only a descriptor that was handed to us has no path.
  if (code === "EPIPE" || (syscall === "write" && path === undefined)) {
    return new SsoCredError("unavailable", outputFailure(error), { cause: error });
  }
  if (syscall && code) {
    // The system refuses: not a bug of ours, whatever the code.
    const what = `cannot ${syscall}${path === undefined ? "" : ` ${path}`} (${code})`;
    return new SsoCredError(path === undefined ? "unavailable" : "config", what, { cause: error });
  }
  const where = system.env.SSO_CRED_TRACE ? "" : "; SSO_CRED_TRACE=FILE writes down what happened";
  return new SsoCredError(
    "unexpected",
    `unexpected: ${printable(maskedText(String(message ?? error)))}${where}`,
  );
}

/** A message that ends in a question only guesses; doctor looks. */
function withAdvice(error: SsoCredError, args: readonly string[]): SsoCredError {
  const { kind, message, remedy, cause } = error;
  const isGuess = kind === "unavailable" && message.endsWith("?");
  if (!isGuess || remedy.run || remedy.open || commandOf(args)) return error;
  return new SsoCredError(kind, message, { remedy: { run: "sso-cred doctor" }, cause });
}

/** The flag that a mistyped one was most likely meant for. */
function flagHint(message: string, args: readonly string[]): string {
  const [, given] = /^Unknown option '--([^']+)'/.exec(message) ?? [];
  const flags = commandOf(args) ? (commandUsage(args[0])?.flags ?? []) : MAIN_FLAGS;
  const meant = given && nearest(given, [...flags.map(({ name }) => name), "help", "version"]);
  return meant ? `; did you mean --${meant}?` : "";
}

/** The first sentence of what parseArgs says; the rest is about its own conventions. */
function withoutAdvice(message: string): string {
  const sentence = message.split(/\.\s|\n/)[0] ?? message;
  return printable(sentence.charAt(0).toLowerCase() + sentence.slice(1));
}

function tell({ message, remedy }: SsoCredError, timeoutMs: number, system: System): void {
  // Names from the config and answers of services are in it: whatever they hold, it stays one line each.
  const lines = [`sso-cred: ${printable(message, LONGEST_LINE)}`];
  if (remedy.run) lines.push(`  run: ${printable(remedy.run, LONGEST_LINE)}`);
  if (remedy.open) lines.push(`  open: ${printable(remedy.open, LONGEST_LINE)}`);
  try {
    system.writeStderr(`${lines.join("\n")}\n`, timeoutMs);
  } catch (error) {
    system.trace.step("stderr takes nothing", { error: String(error) });
  }
}

function stack(error: unknown): string | undefined {
  return error instanceof SsoCredError
    ? error.cause === undefined
      ? undefined
      : String(error.cause)
    : (error as Error)?.stack;
}
