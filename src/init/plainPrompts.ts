import { createInterface } from "node:readline";
import type { Choice, Prompts } from "./prompts.ts";

/** The same questions for a terminal that cannot move its cursor (`TERM=dumb`): plain lines and numbers. */
export function plainPrompts(): Prompts {
  return {
    async askText({ message, fallback, check }) {
      for (;;) {
        const line = await ask(message);
        if (line === undefined) return undefined;
        const given = line.trim() || fallback;
        const problem = given === undefined ? "A value is required" : check(given);
        if (given !== undefined && problem === undefined) return given;
        process.stderr.write(`${problem}\n`);
      }
    },

    async askSome({ message, choices }) {
      process.stderr.write(`${message}\n`);
      let shown: readonly Choice[] = choices;
      for (;;) {
        process.stderr.write(shown.map(({ label }, index) => `${index + 1}) ${label}\n`).join(""));
        const line = (await ask("Numbers (like 1 or 1,3), or text to search [1]: "))?.trim();
        if (line === undefined) return undefined;
        const chosen = numbered(line || "1", shown);
        if (chosen !== undefined) return chosen;
        const found = choices.filter(({ label, searched = label }) =>
          searched.toLowerCase().includes(line.toLowerCase()),
        );
        if (found.length === 0) process.stderr.write("Nothing matches.\n");
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

function ask(message: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const reading = createInterface({ input: process.stdin, output: process.stderr, terminal: false });
    const interrupt = () => reading.close();
    process.once("SIGINT", interrupt);
    reading.once("close", () => {
      process.removeListener("SIGINT", interrupt);
      resolve(undefined);
    });
    reading.question(message, (answer) => {
      resolve(answer);
      reading.close();
    });
  });
}
