import { type ParseArgsConfig, parseArgs } from "node:util";

/** Throws the error of `parseArgs`, which becomes `usage`. */
export function parseFlags<Options extends NonNullable<ParseArgsConfig["options"]>>(
  args: readonly string[],
  options: Options,
) {
  return parseArgs({ args: [...args], options, allowPositionals: true });
}
