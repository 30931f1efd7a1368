import { loadConfig } from "../config/configFile.ts";
import { usageError } from "../errors.ts";
import { attempt } from "../platform/attempt.ts";
import type { System } from "../platform/system.ts";
import { printable } from "../text/printable.ts";
import { parseFlags } from "../usage/commandTable.ts";
import { complete } from "../usage/complete.ts";
import { COMPLETION_SCRIPTS, COMPLETION_SHELLS } from "../usage/completionScripts.ts";

/** `sso-cred completion SHELL`: a script that asks `sso-cred --complete` for candidates. */
export async function completion(args: readonly string[], system: System): Promise<number> {
  const { positionals } = parseFlags(args, "completion");
  const asked = positionals[0] === "pwsh" ? "powershell" : positionals[0];
  const [, script] = Object.entries(COMPLETION_SCRIPTS).find(([shell]) => shell === asked) ?? [];
  if (script === undefined || positionals.length > 1) {
    const given = positionals.length === 1 ? `, not ${printable(positionals[0] ?? "", 40)}` : "";
    throw usageError(`name a shell: ${COMPLETION_SHELLS.join(", ")}${given}`, "completion");
  }
  system.writeStdout(script);
  return 0;
}

/** `sso-cred --complete -- WORD …`: candidates for the last word, a tab before each description. */
export function printCandidates(words: readonly string[], system: System): void {
  // Commands and flags can be completed without the config.
  const config = attempt(() => loadConfig(system, { credentials: true }));
  const lines = complete(words, config).map(({ text, help }) =>
    // A name with control characters could change the terminal or begin another line, so it is left
    // out.
    printable(text) === text ? `${text}${help === undefined ? "" : `\t${help}`}\n` : "",
  );
  system.writeStdout(lines.join(""));
}
