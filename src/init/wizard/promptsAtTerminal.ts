import { isatty } from "node:tty";
import type { System } from "../../platform/system.ts";
import { type Keyboard, keyboard } from "./keyboard.ts";
import { isFound, MARKS } from "./menu.ts";
import type { Choice, Prompts } from "./prompts.ts";

/** Undefined where nobody can be asked: stdin or stderr is redirected, or there is no terminal. */
export async function promptsAtTerminal(system: System): Promise<Prompts | undefined> {
  if (!isatty(0) || !isatty(2) || system.terminal() === undefined) return undefined;
  if (system.env.TERM === "dumb") return plainPrompts();
  const { terminalPrompts } = await import("./prompts.ts");
  return terminalPrompts();
}

/** For a terminal that cannot move its cursor (`TERM=dumb`): plain lines and numbers. */
function plainPrompts(): Prompts {
  const typed = keyboard(process.stdin);
  return {
    async askText({ message, fallback, check }) {
      for (;;) {
        const line = await ask(typed, message);
        if (line === undefined) return undefined;
        const given = line.trim() || fallback;
        const problem = given === undefined ? "A value is required" : check(given);
        if (given !== undefined && problem === undefined) return given;
        process.stderr.write(`${problem}\n`);
        typed.forget();
      }
    },

    async askSome({ message, choices, isSingle }) {
      process.stderr.write(`${message}\n`);
      let shown: readonly Choice[] = choices;
      let problem = "";
      for (;;) {
        const columns = (process.stderr.columns || 80) - MARKS;
        const list = shown.map(({ label }, index) => `${index + 1}) ${label(columns)}\n`).join("");
        // Below the list, which may be longer than the window.
        process.stderr.write(list + problem);
        const numbers = isSingle ? "Number" : "Numbers (like 1 or 1,3)";
        const line = (await ask(typed, `${numbers}, or text to search: `))?.trim();
        if (line === undefined) return undefined;
        const chosen = numbered(line, shown);
        if (chosen !== undefined && (chosen.length === 1 || !isSingle)) return chosen;
        const found = line === "" ? [] : choices.filter((choice) => isFound(choice, line));
        problem = "";
        if (found.length === 0) {
          problem = line === "" ? "A number is required.\n" : "Nothing matches.\n";
          typed.forget();
        }
        shown = found.length === 0 ? choices : found;
      }
    },
  };
}

function numbered(line: string, choices: readonly Choice[]): string[] | undefined {
  if (!/^\d{1,5}(?:[\s,]+\d{1,5})*$/.test(line)) return undefined;
  const values = line.split(/[\s,]+/).map((number) => choices[Number(number) - 1]?.value);
  return values.every((value) => value !== undefined) ? [...new Set(values)] : undefined;
}

/** A line of standard input, edited and shown by the terminal itself. */
function ask(typed: Keyboard, message: string): Promise<string | undefined> {
  process.stderr.write(message);
  const { stream, close } = typed.open();
  return new Promise<string | undefined>((resolve) => {
    let line = "";
    // The cursor is still after the question.
    const leave = () => {
      process.stderr.write("\n");
      resolve(undefined);
    };
    stream.setEncoding("utf8");
    stream.on("data", (text: string) => {
      line += text;
      if (/[\r\n]$/.test(line)) resolve(line.slice(0, -1));
    });
    stream.once("end", leave);
    process.once("SIGINT", leave);
    stream.once("close", () => process.removeListener("SIGINT", leave));
  }).finally(close);
}
