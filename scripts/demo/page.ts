const WIDTH = 80;

/** The demo's output: lines of at most 80 columns, in colour where possible. */
export interface Page {
  title(text: string): void;
  line(text: string): void;
  /** Prints an address in one piece, so that it can be copied. Only this line may be longer. */
  address(url: string): void;
  /** Prints the output of a program. */
  output(text: string): void;
  /** Prints a command line, broken in a way that a shell accepts. */
  command(text: string): void;
  good(text: string): void;
  bad(text: string): void;
  blank(): void;
  /** Stops all output. */
  mute(): void;
}

export function openPage(write: (text: string) => void, colour: boolean): Page {
  const paint = (code: number, text: string) => (colour ? `\x1b[${code}m${text}\x1b[0m` : text);
  let muted = false;
  const put = (text: string) => {
    if (!muted) write(`${text}\n`);
  };
  const putAll = (lines: readonly string[], code = 0) => {
    for (const line of lines) put(code === 0 ? line : paint(code, line));
  };
  return {
    title: (text) => putAll(wrap(text, "", "   "), 1),
    line: (text) => putAll(wrap(text, "   ", "     ")),
    address: (url) => put(`     ${url}`),
    output: (text) => {
      for (const line of text.trimEnd().split("\n")) putAll(line ? wrap(line, "   ", "     ") : [""]);
    },
    command: (text) => putAll(wrap(`$ ${text}`, "   ", "     ", " \\"), 36),
    good: (text) => put(`   ${paint(32, "ok")}  ${text}`),
    bad: (text) => putAll(wrap(text, "   ", "     "), 31),
    blank: () => put(""),
    mute: () => {
      muted = true;
    },
  };
}

/** True if the output to a stream may be coloured (https://no-color.org). */
export function wantsColour(stream: { isTTY?: boolean }, env: NodeJS.ProcessEnv): boolean {
  return stream.isTTY === true && !env.NO_COLOR && env.TERM !== "dumb";
}

/** Breaks at spaces; a word longer than a line is cut. `mark` ends every line but the last. */
export function wrap(text: string, first: string, rest: string, mark = ""): string[] {
  const lines: string[] = [];
  let line = first;
  let empty = true;
  for (const word of text.split(" ").flatMap((word) => cut(word, WIDTH - rest.length - mark.length))) {
    if (!empty && line.length + 1 + word.length + mark.length > WIDTH) {
      lines.push(line + mark);
      line = rest;
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    empty = false;
  }
  return [...lines, line];
}

function cut(word: string, most: number): string[] {
  const pieces = [word.slice(0, most)];
  for (let at = most; at < word.length; at += most) pieces.push(word.slice(at, at + most));
  return pieces;
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}
