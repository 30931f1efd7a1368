import { Writable } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import { columnsOf } from "../../text/columns.ts";

/** One frame drawn by the prompt library. */
interface Frame {
  readonly rows: readonly string[];
  /** Rows below the cursor's row. */
  readonly below: number;
  /** The cursor's column, from 0. */
  readonly column: number;
}

/** The end of a drawing by the library: up to the cursor's row, then to its column. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the terminal's own language
const CURSOR = /(?:\u001b\[(\d+)A)?\u001b\[(\d+)G$/;
/** The start of the next one: erases as many rows as the library has drawn. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the terminal's own language
const ERASURE = /^(?:\u001b\[\d+B)?(?:\u001b\[2K(?:\u001b\[1A)?)+\u001b\[G/;

export type PromptScreen = ReturnType<typeof promptScreen>;

/**
 * The terminal as a prompt draws on it. A narrower terminal wraps long rows, so there are more
 * rows to erase than the library counts.
 */
export function promptScreen(terminal: NodeJS.WriteStream) {
  let frame: Frame | undefined;
  let isElsewhere = false;
  function fitted(text: string): string {
    if (isElsewhere) return text.replace(ERASURE, "");
    const columns = terminal.columns || 80;
    const isBroken = frame?.rows.some((row) => columnsOf(row) > columns);
    return frame && isBroken ? text.replace(ERASURE, erasure(frame, columns)) : text;
  }
  const output = new Writable({
    decodeStrings: false,
    write(text: string, _encoding, done) {
      terminal.write(fitted(text));
      frame = nextFrame(frame, text);
      isElsewhere = false;
      done();
    },
  });
  Object.defineProperties(output, {
    columns: { get: () => terminal.columns },
    rows: { get: () => terminal.rows },
    isTTY: { get: () => terminal.isTTY },
  });
  return {
    output,
    /** Makes the next frame erase nothing, because something else has written to the terminal. */
    startOver() {
      isElsewhere = true;
    },
  };
}

function nextFrame(frame: Frame | undefined, text: string): Frame | undefined {
  const cursor = CURSOR.exec(text);
  // The final frame of a prompt does not place the cursor.
  if (cursor === null) return undefined;
  const column = Number(cursor[2]) - 1;
  if (cursor.index === 0 && cursor[1] === undefined) return frame && { ...frame, column };
  return { rows: stripVTControlCharacters(text).split("\n"), below: Number(cursor[1] ?? 0), column };
}

/** Counts rows from the cursor, which moves with its row when the terminal is resized. */
function erasure({ rows, below, column }: Frame, columns: number): string {
  const above = rows.slice(0, rows.length - 1 - below);
  const broken = above.reduce((sum, row) => sum + Math.max(1, Math.ceil(columnsOf(row) / columns)), 0);
  const up = broken + Math.floor(column / columns);
  return `${up > 0 ? `\u001b[${up}A` : ""}\r\u001b[J`;
}
