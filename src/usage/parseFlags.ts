import { parseArgs } from "node:util";
import type { Flag } from "./flags.ts";

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
export function parseFlags<const Flags extends readonly Flag[]>(args: readonly string[], flags: Flags) {
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
