import { Readable } from "node:stream";

export type Keyboard = ReturnType<typeof keyboard>;
export type Keys = ReturnType<Keyboard["open"]>;

/** Standard input; a pipe has no raw mode. */
type KeySource = Readable & Partial<Pick<NodeJS.ReadStream, "isRaw" | "setRawMode">>;

const CONTROL_C = 0x03;
const LINE_FEED = 0x0a;
const RETURN = 0x0d;

/**
 * Hands out typed keys, one answer at a time. Text typed or pasted after the end of an answer's
 * line stays for the next question, as with programs that read lines.
 */
export function keyboard(source: KeySource) {
  let ahead: Buffer<ArrayBufferLike> = Buffer.alloc(0);

  return {
    /** Drops what was typed ahead for later questions, as the last line was not accepted. */
    forget() {
      ahead = Buffer.alloc(0);
    },

    /** The keys for one question; one is open at a time. */
    open() {
      let isHeld = false;
      const stream = new Readable({ read: deliver });
      if (source.setRawMode !== undefined) {
        const setRawMode = (isRaw: boolean) => void source.setRawMode?.(isRaw);
        Object.assign(stream, { setRawMode, isRaw: source.isRaw ?? false });
      }

      function deliver(): void {
        if (isHeld || stream.destroyed || ahead.length === 0) return;
        const enter = ahead.findIndex((byte) => byte === RETURN || byte === LINE_FEED);
        const end = enter < 0 ? ahead.length : enter + 1;
        const keys = ahead.subarray(0, end);
        // A pasted line from Windows ends with both.
        const isPair = ahead[enter] === RETURN && ahead[end] === LINE_FEED;
        ahead = ahead.subarray(isPair ? end + 1 : end);
        isHeld = enter >= 0;
        stream.push(keys);
      }

      function take(chunk: Buffer | string): void {
        const bytes = Buffer.from(chunk as string);
        const interrupt = bytes.lastIndexOf(CONTROL_C);
        // As in a terminal, Ctrl-C discards what was typed before and takes effect at once.
        if (interrupt >= 0) isHeld = false;
        ahead = interrupt >= 0 ? bytes.subarray(interrupt) : Buffer.concat([ahead, bytes]);
        deliver();
      }

      function goOn(): void {
        isHeld = false;
        // The caller is still processing the previous keys.
        process.nextTick(deliver);
      }

      const end = () => void stream.push(null);
      source.on("data", take);
      source.on("end", end);
      source.resume();
      return {
        /** Stops after each Enter until `goOn` is called. */
        stream,
        /** Continues after an Enter that did not end the question. */
        goOn,
        /** Ends the question, answered or not. */
        close() {
          source.removeListener("data", take);
          source.removeListener("end", end);
          source.pause();
          stream.destroy();
        },
      };
    },
  };
}
