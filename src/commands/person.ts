import { isatty } from "node:tty";
import { plainPrompts } from "../init/wizard/plainPrompts.ts";
import type { Prompts } from "../init/wizard/prompts.ts";
import type { Progress } from "../inventory/inventory.ts";
import type { System } from "../platform/system.ts";
import { cutTo } from "../text/columns.ts";

/** Undefined where nobody can be asked: stdin or stderr is redirected, or there is no terminal. */
export async function promptsAtTerminal(system: System): Promise<Prompts | undefined> {
  if (!isatty(0) || !isatty(2) || system.terminal() === undefined) return undefined;
  if (system.env.TERM === "dumb") return plainPrompts();
  const { terminalPrompts } = await import("../init/wizard/prompts.ts");
  return terminalPrompts();
}

/** Git Bash's own window, which gives a program of Windows pipes in the place of a console. */
export function isMintty({ env, platform }: System): boolean {
  return platform === "win32" && Boolean(env.MSYSTEM) && env.TERM_PROGRAM === "mintty";
}

/** A progress line that overwrites itself, where stderr is a terminal. */
export function progressLine(system: System) {
  const isShown = isatty(2) && system.env.TERM !== "dumb";
  let shownAt = Number.NEGATIVE_INFINITY;
  let width = 0;
  const write = (text: string) => system.writeStderr(`\r${text.padEnd(width)}${text === "" ? "\r" : ""}`);
  return {
    show({ done, total, secondsLeft }: Progress) {
      if (!isShown || total < 2 || (system.now() - shownAt < 200 && done < total)) return;
      shownAt = system.now();
      const columns = (process.stderr.columns || 80) - 1;
      const text = cutTo(`Listing roles: ${done} of ${total} accounts, ${secondsLeft} s left`, columns);
      write(text);
      width = text.length;
    },
    clear() {
      if (width > 0) write("");
      width = 0;
    },
  };
}
