import { styleText } from "node:util";
import {
  createPrompt,
  isBackspaceKey,
  isDownKey,
  isEnterKey,
  isTabKey,
  isUpKey,
  type KeypressEvent,
  useEffect,
  useKeypress,
  useState,
} from "@inquirer/core";

/** One line of text; `message` is shown as it stands. */
export interface TextQuestion {
  readonly message: string;
  /** What an empty answer means; undefined: an answer is required. */
  readonly fallback: string | undefined;
  /** Why an answer cannot be taken. */
  check(answer: string): string | undefined;
}

export interface Choice {
  /** One line, already fit for the terminal's width. */
  readonly label: string;
  readonly value: string;
  /** What a search looks through; the label where it says all there is. */
  readonly searched?: string;
}

export interface MenuQuestion {
  readonly message: string;
  readonly choices: readonly Choice[];
}

/** Undefined: the person pressed Esc or Ctrl-C, or the input ended. */
export interface Prompts {
  askText(question: TextQuestion): Promise<string | undefined>;
  /** At least one value. */
  askSome(question: MenuQuestion): Promise<string[] | undefined>;
}

type Reading = NonNullable<Parameters<Parameters<typeof useKeypress>[0]>[1]>;

/** Prompts on standard error, keys from standard input; this file is a chunk of its own and imports nothing of ours. */
export function terminalPrompts(): Prompts {
  return {
    askText: (question) => run((cancel, context) => textPrompt({ ...question, cancel }, context)),
    askSome: (question) => run((cancel, context) => menuPrompt({ ...question, cancel }, context)),
  };
}

type Cancellable<Question> = Question & { readonly cancel: () => void };

interface Context {
  readonly output: NodeJS.WriteStream;
  readonly signal: AbortSignal;
}

async function run<Answer>(
  prompt: (cancel: () => void, context: Context) => Promise<Answer>,
): Promise<Answer | undefined> {
  const controller = new AbortController();
  const cancel = () => controller.abort();
  process.stdin.once("end", cancel);
  try {
    return await prompt(cancel, { output: process.stderr, signal: controller.signal });
  } catch (error) {
    if (error instanceof Error && /^(Abort|Exit)PromptError$/.test(error.name)) return undefined;
    throw error;
  } finally {
    process.stdin.removeListener("end", cancel);
  }
}

/** Ctrl-D on an empty line closes the line editor, which then never answers. */
function useCancelOnClose(cancel: () => void): void {
  useEffect((reading) => {
    reading.on("close", cancel);
    return () => void reading.removeListener("close", cancel);
  }, []);
}

const textPrompt = createPrompt<string, Cancellable<TextQuestion>>((question, done) => {
  const [answer, setAnswer] = useState("");
  const [problem, setProblem] = useState<string>();
  const [isDone, setDone] = useState(false);
  useCancelOnClose(question.cancel);
  useKeypress((key, reading) => {
    if (key.name === "escape") return question.cancel();
    if (!isEnterKey(key)) {
      setAnswer(reading.line);
      setProblem(undefined);
      return;
    }
    const given = answer.trim() || question.fallback;
    const fault = given === undefined ? "A value is required" : question.check(given);
    if (given === undefined || fault !== undefined) {
      // The line editor has emptied its line.
      reading.write(answer);
      setProblem(fault);
      return;
    }
    setDone(true);
    done(given);
  });
  return [question.message + answer, isDone || problem === undefined ? "" : colored("red", problem)];
});

/** Rows above and below the list: the message, the search line, the help, and one to spare. */
const OTHER_ROWS = 4;

const menuPrompt = createPrompt<string[], Cancellable<MenuQuestion>>((question, done) => {
  const [query, setQuery] = useState("");
  const [active, setActive] = useState(0);
  const [ticked, setTicked] = useState<readonly string[]>([]);
  const [isDone, setDone] = useState(false);
  useCancelOnClose(question.cancel);
  const found = question.choices.filter((choice) => isFound(choice, query));
  const rows = Math.max(3, (process.stderr.rows || 24) - OTHER_ROWS - question.message.split("\n").length);

  useKeypress((key, reading) => {
    const current = found[active]?.value;
    if (key.name === "escape") return question.cancel();
    if (isEnterKey(key)) {
      const chosen = ticked.length > 0 ? ticked : current === undefined ? [] : [current];
      if (chosen.length === 0) return rewrite(reading, query);
      setDone(true);
      done(question.choices.map(({ value }) => value).filter((value) => chosen.includes(value)));
    } else if (isTabKey(key) || (key.name === "space" && !goesOn(question.choices, reading.line))) {
      rewrite(reading, query);
      if (current === undefined) return;
      setTicked(ticked.includes(current) ? ticked.filter((each) => each !== current) : [...ticked, current]);
    } else {
      const step = stepOf(key, rows);
      if (step !== undefined) {
        rewrite(reading, query);
        setActive(Math.min(Math.max(0, active + step), Math.max(0, found.length - 1)));
      } else if (reading.line !== query || isBackspaceKey(key)) {
        setQuery(reading.line);
        setActive(0);
      }
    }
  });

  if (isDone) return question.message;
  const first = Math.min(Math.max(0, active - Math.floor(rows / 2)), Math.max(0, found.length - rows));
  const list = found.slice(first, first + rows).map(({ label, value }, index) => {
    const isActive = first + index === active;
    const row = `${isActive ? ">" : " "} [${ticked.includes(value) ? "x" : " "}] ${label}`;
    return isActive ? colored("cyan", row) : row;
  });
  const count = found.length > rows ? `${active + 1} of ${found.length}; ` : "";
  const ticks = ticked.length > 0 ? `${ticked.length} ticked; ` : "";
  const help = `${count}${ticks}up/down move, tab tick, enter accept, esc cancel`;
  const body = list.length > 0 ? list : ["  nothing matches"];
  return [`${question.message}\nType to search: ${query}`, [...body, colored("dim", help)].join("\n")];
});

function isFound({ label, searched = label }: Choice, query: string): boolean {
  return searched.toLowerCase().includes(query.toLowerCase());
}

/** Names hold blanks: one that continues a search that finds something is a part of it, any other one ticks. */
function goesOn(choices: readonly Choice[], line: string): boolean {
  return line.trim() !== "" && choices.some((choice) => isFound(choice, line));
}

/** Puts the line editor's line back to the search text after a key that means something else here. */
function rewrite(reading: Reading, query: string): void {
  reading.clearLine(0);
  reading.write(query);
}

function stepOf(key: KeypressEvent, page: number): number | undefined {
  if (isUpKey(key)) return -1;
  if (isDownKey(key)) return 1;
  const steps: Record<string, number> = {
    pageup: -page,
    pagedown: page,
    home: Number.NEGATIVE_INFINITY,
    end: Number.POSITIVE_INFINITY,
  };
  return steps[key.name];
}

/** Respects NO_COLOR, and a standard error without colours. */
function colored(format: "red" | "cyan" | "dim", text: string): string {
  return styleText(format, text, { stream: process.stderr });
}
