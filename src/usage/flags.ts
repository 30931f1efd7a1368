import { parseArgs } from "node:util";

/** The kinds of words on the command line, for completion. */
export type Kind = "session" | "profile" | "account" | "role" | "shell" | "completionShell" | "command";

export interface Flag {
  readonly name: string;
  /** The value's name in help texts; a flag without one takes no value. */
  readonly value?: string;
  /** The kind of the value, if it can be completed. */
  readonly kind?: Kind;
  /** True if the flag may be given several times; `help` says so as well. */
  readonly isRepeatable?: true;
  readonly help: string;
}

export const SHELLS = ["bash", "zsh", "sh", "fish", "powershell", "cmd"] as const;

export const SESSION_NAME = {
  name: "sso-session",
  value: "NAME",
  kind: "session",
  help: "the session, for names that look like a flag",
} as const;

export const SESSION_FLAGS = [
  { name: "profile", value: "NAME", kind: "profile", help: "the session of a profile" },
  SESSION_NAME,
] as const;

export const ROLE_FLAGS = [
  { name: "account-id", value: "ID", kind: "account", help: "the account, 12 digits" },
  { name: "role-name", value: "ROLE", kind: "role", help: "the role" },
  SESSION_NAME,
  { name: "profile", value: "NAME", kind: "profile", help: "session, account and role of a profile" },
] as const;

export const SIGN_IN_FLAGS = [
  { name: "use-device-code", help: "sign in with a code, on any device" },
  { name: "no-browser", help: "only print the address" },
] as const;

export const SELECTION_FLAGS = [
  {
    name: "accounts",
    value: "GLOB",
    isRepeatable: true,
    help: "only these accounts, by name or id; repeatable; !GLOB leaves out",
  },
  {
    name: "roles",
    value: "GLOB",
    isRepeatable: true,
    help: "only these roles; repeatable; !GLOB leaves out",
  },
] as const;

export const REFRESH_FLAG = {
  name: "refresh",
  help: "ask the portal again instead of using a listing of the last 10 minutes",
} as const;

export const MAIN_FLAGS = [
  ...ROLE_FLAGS,
  { name: "json", help: "print the document on a terminal, too" },
] as const;

type FlagValue<F> = F extends { isRepeatable: true }
  ? string[]
  : F extends { value: string }
    ? string
    : boolean;

/** The flags of a command line by their names, for a list of flags that is `as const`. */
export type FlagValues<Flags extends readonly Flag[]> = {
  [F in Flags[number] as F["name"]]?: FlagValue<F> | undefined;
};

/** Throws parseArgs' error, also for an empty value, which comes from an unset variable. */
export function parseArguments<const Flags extends readonly Flag[]>(args: readonly string[], flags: Flags) {
  const options = flags.map(({ name, value, isRepeatable = false }) => {
    const type = value === undefined ? ("boolean" as const) : ("string" as const);
    return [name, { type, multiple: isRepeatable }] as const;
  });
  const config = { args: [...args], options: Object.fromEntries(options), allowPositionals: true };
  const { values, positionals } = parseArgs(config);
  for (const [flag, value] of Object.entries(values)) {
    if ([value].flat().some(isEmpty)) throw emptyValue(`--${flag} is empty`);
  }
  if (positionals.some(isEmpty)) throw emptyValue("an argument is empty");
  return { values: values as FlagValues<Flags>, positionals };
}

function isEmpty(value: unknown): boolean {
  return typeof value === "string" && value.trim() === "";
}

function emptyValue(message: string): Error {
  return Object.assign(new TypeError(message), { code: "ERR_PARSE_ARGS_EMPTY_VALUE" });
}
