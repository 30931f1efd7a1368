import { SsoCredError } from "../errors.ts";
import type { SHELLS } from "../usage/flags.ts";

export type Shell = (typeof SHELLS)[number];

interface Dialect {
  set(name: string, value: string): string;
  unset(name: string): string;
}

const POSIX: Dialect = {
  set: (name, value) => `export ${name}='${value.replaceAll("'", "'\\''")}'`,
  unset: (name) => `unset ${name}`,
};

const DIALECTS: Readonly<Record<Shell, Dialect>> = {
  bash: POSIX,
  zsh: POSIX,
  sh: POSIX,
  fish: {
    set: (name, value) => `set -gx ${name} '${value.replace(/[\\']/g, "\\$&")}';`,
    unset: (name) => `set -e ${name};`,
  },
  powershell: {
    // PowerShell treats typographic quotes as quotes, too.
    set: (name, value) => `$Env:${name} = '${value.replace(/['\u2018\u2019\u201a\u201b]/g, "$&$&")}'`,
    unset: (name) => `Remove-Item Env:${name} -ErrorAction SilentlyContinue`,
  },
  cmd: {
    set(name, value) {
      if (!/["%!^&|<>()]/.test(value)) return `set "${name}=${value}"`;
      throw new SsoCredError("unavailable", `the value of ${name} cannot be written for cmd`);
    },
    unset: (name) => `set "${name}="`,
  },
};

/** Lines for the shell to evaluate: variables to unset, then variables to set. */
export function shellLines(
  shell: Shell,
  unset: readonly string[],
  set: Readonly<Record<string, string>>,
): string {
  const dialect = DIALECTS[shell];
  const lines = [
    ...unset.map((name) => dialect.unset(name)),
    ...Object.entries(set).map(([name, value]) => dialect.set(name, value)),
  ];
  return lines.map((line) => `${line}\n`).join("");
}
