import { PassThrough } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { type Keys, keyboard } from "../../../../src/init/wizard/keyboard.ts";

/** A keyboard, and the keys that an open question has received. */
function typing() {
  const source = new PassThrough();
  const typed = keyboard(source);
  return {
    source,
    typed,
    open() {
      const keys = typed.open();
      const got: Buffer[] = [];
      keys.stream.on("data", (chunk: Buffer) => got.push(chunk));
      return { keys, got: () => Buffer.concat(got).toString() };
    },
  };
}

/** Streams pass data on in the same turn or the next. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await setImmediate();
}

describe("what is typed", () => {
  it("is given to a question up to the end of its answer, and the rest to the next one", async () => {
    const { source, open } = typing();
    const first = open();
    source.write("one\rtwo\nthree\r\nfo");
    await settled();
    expect(first.got()).toBe("one\r");
    first.keys.close();
    for (const line of ["two\n", "three\r"]) {
      const next = open();
      await settled();
      expect(next.got()).toBe(line);
      next.keys.close();
    }
    const last = open();
    await settled();
    expect(last.got()).toBe("fo");
    source.write("ur\r");
    await settled();
    expect(last.got()).toBe("four\r");
  });

  it("waits in the system while no question is open", async () => {
    const { source, open } = typing();
    open().keys.close();
    source.write("early\r");
    await settled();
    expect(source.isPaused()).toBe(true);
    const question = open();
    await settled();
    expect(question.got()).toBe("early\r");
  });

  it("continues with the same question if Enter meant nothing, and drops the rest if the line was rejected", async () => {
    const { source, typed, open } = typing();
    const { keys, got } = open();
    source.write("a\rb\rc\rd");
    await settled();
    keys.goOn();
    await settled();
    expect(got()).toBe("a\rb\r");
    typed.forget();
    keys.goOn();
    await settled();
    expect(got()).toBe("a\rb\r");
    source.write("e");
    await settled();
    expect(got()).toBe("a\rb\re");
  });

  it("continues while earlier keys are still being read", async () => {
    const { source, typed } = typing();
    const keys: Keys = typed.open();
    const got: string[] = [];
    let isReading = false;
    keys.stream.on("data", (chunk: Buffer) => {
      expect(isReading).toBe(false);
      isReading = true;
      got.push(chunk.toString());
      keys.goOn();
      isReading = false;
    });
    source.write("a\rb\rc");
    await settled();
    expect(got).toEqual(["a\r", "b\r", "c"]);
  });

  it("is dropped by a Ctrl-C, which takes effect at once", async () => {
    const { source, open } = typing();
    const { got } = open();
    source.write("one\r");
    await settled();
    source.write("two\rthree\u0003");
    await settled();
    expect(got()).toBe("one\r\u0003");
  });

  it("keeps characters of several bytes, wherever they are cut", async () => {
    const { source, open } = typing();
    const { got } = open();
    for (const byte of Buffer.from("é€😀")) {
      source.write(Buffer.from([byte]));
      await settled();
    }
    expect(got()).toBe("é€😀");
  });

  it("ends when the input ends", async () => {
    const { source, open } = typing();
    const { keys, got } = open();
    let hasEnded = false;
    keys.stream.once("end", () => {
      hasEnded = true;
    });
    source.end("x");
    await settled();
    expect([got(), hasEnded]).toEqual(["x", true]);
  });
});
