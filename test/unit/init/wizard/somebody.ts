import type { Prompts } from "../../../../src/init/wizard/prompts.ts";
import type { Asking } from "../../../../src/init/wizard/questions.ts";

/** A person who gives these answers in order. `asked` is what was shown. */
export function somebody(answers: (string | undefined)[]) {
  const asked: string[] = [];
  const said: string[] = [];
  const prompts: Prompts = {
    askText: async ({ message, fallback }) => {
      asked.push(message);
      const given = answers.shift();
      return given === "" ? fallback : given;
    },
    askSome: () => Promise.reject(new Error("no menu is expected")),
  };
  const asking: Asking = { prompts, takesDefaults: false, say: (line) => said.push(line) };
  return { asked, said, asking };
}

/** Without a terminal. */
export const nobody: Asking = { prompts: undefined, takesDefaults: false, say: () => {} };
