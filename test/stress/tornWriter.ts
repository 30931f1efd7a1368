import { closeSync, openSync, writeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Random } from "./random.ts";

/** Longer than any SDK needs between two writes of one file. */
const LONGEST_TEAR_MS = 40;

/**
 * Rewrites a file in place without end, as tools do that know no rename: truncated and then in pieces, or over the longer
 * old text whose rest stays behind. Answers what stops it, leaves the file whole, and says how often it wrote.
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
        // A shorter object, and then what is left of the longer one.
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
