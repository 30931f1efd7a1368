import { readFileSync } from "node:fs";
import { type Profiler, Session } from "node:inspector";
import { fileURLToPath } from "node:url";

/** Which code has run since the last look. */
type Look = readonly Profiler.ScriptCoverage[];

export interface Coverage {
  /** What has run since the last look, in the scripts that count. */
  look(): Look;
  /** Whether something has run that never ran before; it counts as known from now on, unless `peek`. */
  isNew(look: Look, peek?: boolean): boolean;
  /** Blocks that have run, as V8 divides the code it has seen. */
  blocks(): number;
  /** The string literals of the scripts that were reached since the last call. */
  newWords(): string[];
  close(): void;
}

interface Script {
  /** A byte for each character: 1 where it has run. */
  readonly reached: Uint8Array;
  /** Where blocks begin and end. */
  readonly borders: Set<number>;
}

/**
 * V8's own block coverage of this thread (https://v8.dev/blog/javascript-code-coverage), without counts: it does not hold up
 * optimised code. Sources are the files themselves: Node strips types without moving anything.
 */
export function watchCoverage(counts: (url: string) => boolean): Coverage {
  const session = new Session();
  session.connect();
  session.post("Profiler.enable");
  session.post("Profiler.startPreciseCoverage", { callCount: false, detailed: true });
  const scripts = new Map<string, Script>();
  let words: string[] = [];

  function scriptOf(url: string): Script {
    let script = scripts.get(url);
    if (script === undefined) {
      const text = readFileSync(fileURLToPath(url), "utf8");
      script = { reached: new Uint8Array(text.length), borders: new Set() };
      scripts.set(url, script);
      words.push(...literals(text));
    }
    return script;
  }

  return {
    look() {
      let result: Profiler.ScriptCoverage[] = [];
      // Answers before it returns: the session is this thread's own.
      session.post("Profiler.takePreciseCoverage", (error, answer) => {
        if (error) throw error;
        result = answer.result.filter(({ url }) => counts(url));
      });
      return result;
    },
    isNew(look, peek = false) {
      let isNew = false;
      for (const { url, functions } of look) {
        const { reached, borders } = scriptOf(url);
        const now = new Uint8Array(reached.length);
        // From the outside in: an inner range says more than the one around it.
        for (const { startOffset, endOffset, count } of functions.flatMap(({ ranges }) => ranges)) {
          now.fill(count > 0 ? 1 : 0, startOffset, endOffset);
          if (!peek) borders.add(startOffset).add(endOffset);
        }
        for (let at = 0; at < now.length; at++) {
          if (now[at] !== 1 || reached[at] === 1) continue;
          isNew = true;
          if (peek) return true;
          reached[at] = 1;
        }
      }
      return isNew;
    },
    blocks() {
      let blocks = 0;
      for (const { reached, borders } of scripts.values()) {
        for (const border of borders) blocks += reached[border] ?? 0;
      }
      return blocks;
    },
    newWords() {
      const found = words;
      words = [];
      return found;
    },
    close() {
      session.post("Profiler.stopPreciseCoverage");
      session.disconnect();
    },
  };
}

function literals(source: string): string[] {
  const found = [...source.matchAll(/"((?:[^"\\\n]|\\.){1,60})"/g)].map(([, text]) => text ?? "");
  return found.filter((text) => !text.startsWith("node:") && !text.endsWith(".ts"));
}
