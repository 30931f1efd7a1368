import { closeSync, openSync, writeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Random } from "./random.ts";

/** Longer than any SDK needs between two writes of one file. */
const LONGEST_TEAR_MS = 40;

/**
 * Rewrites a file in place continuously, like tools that use no rename: truncates it and writes it
 * in pieces, or writes over a longer text whose end remains. Returns a function that stops this,
 * leaves the file whole, and returns the number of writes.
 */
export function tearFiles(path: string, content: object, random: Random): () => Promise<number> {
  let running = true;
  let writes = 0;
  const compact = JSON.stringify(content);
  const pretty = JSON.stringify(content, null, 2);
  const done = (async () => {
    while (running) {
      writes++;
      const text = random.pick([compact, pretty]);
      if (random.next() < 0.3) {
        put(path, "w", pretty);
        // A shorter object, followed by the rest of the longer one.
        put(path, "r+", compact);
      } else {
        put(path, "w", "");
        for (let at = 0; at < text.length; ) {
          const length = random.whole(1, text.length);
          await sleep(random.between(0, LONGEST_TEAR_MS));
          put(path, "a", text.slice(at, at + length));
          at += length;
        }
      }
      await sleep(random.between(0, LONGEST_TEAR_MS));
    }
    put(path, "w", pretty);
    return writes;
  })();
  return () => {
    running = false;
    return done;
  };
}

function put(path: string, flags: string, text: string): void {
  const fd = openSync(path, flags, 0o600);
  try {
    if (text) writeSync(fd, text);
  } finally {
    closeSync(fd);
  }
}
