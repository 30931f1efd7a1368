import { styleText } from "node:util";
import {
  createPrompt,
  isBackspaceKey,
  isEnterKey,
  isTabKey,
  useEffect,
  useKeypress,
  useState,
} from "@inquirer/core";
import { wrapWords } from "../../text/columns.ts";
import { type Keyboard, type Keys, keyboard } from "./keyboard.ts";
import { completed, goesOn, helpRow, isFound, NOWHERE, offers, roomFor, stepOf } from "./menu.ts";
import { type PromptScreen, promptScreen } from "./promptScreen.ts";

/** A question with one line of text as its answer. `message` is shown unchanged. */
export interface TextQuestion {
  readonly message: string;
  /** The meaning of an empty answer; undefined: an answer is required. */
  readonly fallback: string | undefined;
  /** Offered while typing, completed by Tab. */
  readonly completions?: readonly string[];
  /** Explains why an answer cannot be accepted; undefined if it can. */
  check(answer: string): string | undefined;
}

export interface Choice {
  /** The label in one line of at most so many columns. */
  label(columns: number): string;
  readonly value: string;
}

export interface MenuQuestion {
  readonly message: string;
  readonly choices: readonly Choice[];
  /** True for a choice of one: nothing can be ticked. */
  readonly isSingle?: boolean;
}

/** Answers are undefined after Esc, Ctrl-C or the end of input. */
export interface Prompts {
  askText(question: TextQuestion): Promise<string | undefined>;
  /** Returns at least one value. */
  askSome(question: MenuQuestion): Promise<string[] | undefined>;
}

type Reading = NonNullable<Parameters<Parameters<typeof useKeypress>[0]>[1]>;

/** The only user of the prompt library, in a chunk of its own. Prompts on standard error. */
export function terminalPrompts(): Prompts {
  const typed = keyboard(process.stdin);
  return {
    askText: (question) => run(typed, textPrompt, question),
    askSome: (question) => run(typed, menuPrompt, question),
  };
}

/** The parts of a prompt that are not its question. */
interface PromptParts {
  cancel(): void;
  readonly keyboard: Keyboard;
  readonly keys: Keys;
  readonly screen: PromptScreen;
}

type Context = NonNullable<Parameters<typeof textPrompt>[1]>;

async function run<Question, Answer>(
  keyboard: Keyboard,
  prompt: (question: NoInfer<Question> & PromptParts, context: Context) => Promise<Answer>,
  question: Question,
): Promise<Answer | undefined> {
  const controller = new AbortController();
  const cancel = () => controller.abort();
  const keys = keyboard.open();
  const screen = promptScreen(process.stderr);
  keys.stream.once("end", cancel);
  try {
    const context = { input: keys.stream, output: screen.output, signal: controller.signal };
    return await prompt({ ...question, cancel, keyboard, keys, screen }, context);
  } catch (error) {
    if (error instanceof Error && /^(Abort|Exit)PromptError$/.test(error.name)) return undefined;
    throw error;
  } finally {
    keys.close();
  }
}

/**
 * Redraws after a resize, and below the shell's output after Ctrl-Z and `fg`. Ctrl-D on an empty
 * line closes the line editor, which then never answers.
 */
function useTerminal({ cancel, screen }: PromptParts): void {
  const [, setTimes] = useState(0);
  useEffect((reading) => {
    const redraw = () => setTimes((times) => times + 1);
    const comeBack = () => {
      reading.resume();
      screen.startOver();
      redraw();
    };
    process.stderr.on("resize", redraw);
    reading.on("SIGCONT", comeBack);
    reading.on("close", cancel);
    return () => {
      process.stderr.removeListener("resize", redraw);
      reading.removeListener("SIGCONT", comeBack);
      reading.removeListener("close", cancel);
    };
  }, []);
}

const textPrompt = createPrompt<string, TextQuestion & PromptParts>((question, done) => {
  const [answer, setAnswer] = useState("");
  const [problem, setProblem] = useState<string>();
  const [isDone, setDone] = useState(false);
  useTerminal(question);
  useKeypress((key, reading) => {
    if (key.name === "escape") return question.cancel();
    if (!isEnterKey(key)) {
      if (isTabKey(key)) rewrite(reading, completed(answer, question.completions));
      setAnswer(reading.line);
      setProblem(undefined);
      return;
    }
    const given = answer.trim() || question.fallback;
    const fault = given === undefined ? "A value is required" : question.check(given);
    if (given === undefined || fault !== undefined) {
      // Enter has cleared the line editor.
      reading.write(answer);
      setProblem(fault);
      question.keyboard.forget();
      question.keys.goOn();
      return;
    }
    setDone(true);
    done(given);
  });
  const columns = process.stderr.columns || 80;
  const offer = offers(answer, question.completions, columns);
  const below = problem === undefined ? colored("dim", offer) : colored("red", wrapWords(problem, columns));
  return [question.message + answer, isDone ? "" : below];
});

/**
 * Draws the list above the cursor's row. When a window becomes narrower, terminals keep the cursor
 * on its row, some only if no row below it wraps.
 */
const menuPrompt = createPrompt<string[], MenuQuestion & PromptParts>((question, done) => {
  const [query, setQuery] = useState("");
  // No row at first: only a row that the person has moved to, or searched for, can be accepted.
  const [active, setActive] = useState(NOWHERE);
  const [ticked, setTicked] = useState<readonly string[]>([]);
  const [isTicksOnly, setTicksOnly] = useState(false);
  const [isRefused, setRefused] = useState(false);
  const [isDone, setDone] = useState(false);
  useTerminal(question);
  const found = question.choices.filter((choice) =>
    isTicksOnly ? ticked.includes(choice.value) : isFound(choice, query),
  );
  const { columns, rows } = roomFor(question.message);

  useKeypress((key, reading) => {
    const current = found[active]?.value;
    setRefused(false);
    if (key.name === "escape") return question.cancel();
    if (isEnterKey(key)) {
      const chosen = ticked.length > 0 ? ticked : current === undefined ? [] : [current];
      if (chosen.length === 0) {
        rewrite(reading, query);
        setRefused(true);
        question.keyboard.forget();
        return question.keys.goOn();
      }
      setDone(true);
      done(question.choices.map(({ value }) => value).filter((value) => chosen.includes(value)));
    } else if (isTabKey(key) || (key.name === "space" && !goesOn(question.choices, reading.line))) {
      rewrite(reading, query);
      if (current === undefined || question.isSingle) return;
      setTicked(ticked.includes(current) ? ticked.filter((each) => each !== current) : [...ticked, current]);
    } else if (key.ctrl && key.name === "t") {
      rewrite(reading, query);
      setTicksOnly(!isTicksOnly && ticked.length > 0);
      setActive(NOWHERE);
    } else {
      const step = stepOf(key, rows);
      if (step !== undefined) {
        rewrite(reading, query);
        setActive(Math.min(Math.max(0, active + step), Math.max(0, found.length - 1)));
      } else if (reading.line !== query || isBackspaceKey(key)) {
        setQuery(reading.line);
        setTicksOnly(false);
        setActive(reading.line === "" ? NOWHERE : 0);
      }
    }
  });

  if (isDone) return question.message;
  const first = Math.min(Math.max(0, active - Math.floor(rows / 2)), Math.max(0, found.length - rows));
  const list = found.slice(first, first + rows).map(({ label, value }, index) => {
    const isActive = first + index === active;
    const tick = question.isSingle ? "" : `[${ticked.includes(value) ? "x" : " "}] `;
    const row = `${isActive ? ">" : " "} ${tick}${label(columns)}`;
    return isActive ? colored("cyan", row) : row;
  });
  const at = active === NOWHERE ? "" : `${active + 1} of `;
  const count = found.length > rows ? `${at}${found.length}; ` : "";
  const hidden = ticked.filter((each) => !found.some(({ value }) => value === each)).length;
  const ticks =
    ticked.length > 0
      ? `${ticked.length} ticked${hidden > 0 ? ` (${hidden} hidden, ctrl-t shows)` : ""}; `
      : "";
  const help = isRefused
    ? colored("red", "Move to a choice first, or search for it")
    : colored("dim", helpRow(count + ticks, question.isSingle ?? false));
  const body = list.length > 0 ? list : ["  nothing matches"];
  // Blank rows keep the search line in place when fewer choices match.
  const blank = Array<string>(Math.max(0, Math.min(rows, question.choices.length) - body.length)).fill("");
  return [question.message, ...body, ...blank, help, `Type to search: ${query}`].join("\n");
});

/** Restores the search text in the line editor after a key that has another meaning here. */
function rewrite(reading: Reading, query: string): void {
  reading.clearLine(0);
  reading.write(query);
}

/** Styles text unless NO_COLOR is set or standard error has no colours. */
function colored(format: "red" | "cyan" | "dim", text: string): string {
  return text === "" ? "" : styleText(format, text, { stream: process.stderr });
}
