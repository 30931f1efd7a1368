import { EXIT_CODE, SsoCredError, usageError } from "../errors.ts";
import { outputFailure } from "../hit/writeFully.ts";
import { bestEffort } from "../platform/attempt.ts";
import type { System } from "../platform/system.ts";
import { errorCode } from "../platform/systemError.ts";
import { printable } from "../text/printable.ts";
import { maskedText } from "../text/redact.ts";
import { nearest } from "../text/words.ts";
import { commandUsage } from "../usage/commandTable.ts";
import { MAIN_FLAGS } from "../usage/flags.ts";
import { commandOf } from "./commandLine.ts";

/** Characters; the longest sign-in URL fits. */
const LONGEST_LINE = 8_192;
/** How long a run of the main job waits for a slow reader of its error, beyond its own deadline. */
const STDERR_TIMEOUT_MS = 1_000;

/** Writes an error to stderr and returns its exit code. No other code turns errors into output. */
export function reportFailure(error: unknown, args: readonly string[], system: System): number {
  const failure = asFailure(error, args, system);
  system.trace.step("failed", { kind: failure.kind, message: failure.message, error: stack(error) });
  printFailure(failure, commandOf(args) ? Infinity : STDERR_TIMEOUT_MS, system);
  return EXIT_CODE[failure.kind];
}

function asFailure(error: unknown, args: readonly string[], system: System): SsoCredError {
  if (error instanceof SsoCredError) return withAdvice(error, args);
  const { message, path, syscall } = (error ?? {}) as NodeJS.ErrnoException;
  const code = errorCode(error);
  if (code.startsWith("ERR_PARSE_ARGS")) {
    const command = commandOf(args) ? args[0] : undefined;
    return usageError(`${withoutAdvice(message)}${flagHint(message, args)}`, command);
  }
  // A failed file operation carries its path; only a write to an inherited descriptor has none.
  if (code === "EPIPE" || (syscall === "write" && path === undefined)) {
    return new SsoCredError("unavailable", outputFailure(error), { cause: error });
  }
  if (syscall && code) {
    // The system refused the call: no bug of ours, whatever the code.
    const what = `cannot ${syscall}${path === undefined ? "" : ` ${path}`} (${code})`;
    return new SsoCredError(path === undefined ? "unavailable" : "config", what, { cause: error });
  }
  const where = system.env.SSO_CRED_TRACE ? "" : "; SSO_CRED_TRACE=FILE records what happened";
  const what = printable(maskedText(String(message ?? error)));
  return new SsoCredError("unexpected", `unexpected: ${what}${where}`);
}

const SAYS_WHAT_TO_DO = /\b(?:try|call) again\b|: (?:set|correct) /;

/** Adds `run: sso-cred doctor` to a message that a person cannot act on alone. */
function withAdvice(error: SsoCredError, args: readonly string[]): SsoCredError {
  const { kind, message, remedy, cause } = error;
  const isPuzzling = kind === "unavailable" && !SAYS_WHAT_TO_DO.test(message);
  if (!isPuzzling || remedy.run || remedy.open || args[0] === "doctor") return error;
  return new SsoCredError(kind, message, { remedy: { run: "sso-cred doctor" }, cause });
}

/** The hint `did you mean …?` for a mistyped flag. */
function flagHint(message: string, args: readonly string[]): string {
  const [, given] = /^Unknown option '--([^']+)'/.exec(message) ?? [];
  const flags = commandOf(args) ? (commandUsage(args[0])?.flags ?? []) : MAIN_FLAGS;
  const meant = given && nearest(given, [...flags.map(({ name }) => name), "help", "version"]);
  return meant ? `; did you mean --${meant}?` : "";
}

/** The first sentence of a parseArgs message; the rest explains parseArgs' own conventions. */
function withoutAdvice(message: string): string {
  const sentence = message.split(/\.\s|\n/)[0] ?? message;
  return printable(sentence.charAt(0).toLowerCase() + sentence.slice(1));
}

/** Its texts may come from the config or from a service, so each is kept on one line. */
function printFailure({ message, remedy }: SsoCredError, timeoutMs: number, system: System): void {
  const lines = [`sso-cred: ${printable(message, LONGEST_LINE)}`];
  if (remedy.run) lines.push(`  run: ${printable(remedy.run, LONGEST_LINE)}`);
  if (remedy.open) lines.push(`  open: ${printable(remedy.open, LONGEST_LINE)}`);
  bestEffort("stderr takes nothing", system, () => system.writeStderr(`${lines.join("\n")}\n`, timeoutMs));
}

function stack(error: unknown): string | undefined {
  if (!(error instanceof SsoCredError)) return (error as Error)?.stack;
  return error.cause === undefined ? undefined : String(error.cause);
}
