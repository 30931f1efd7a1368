import { readFileSync } from "node:fs";
import { type Profiler, Session } from "node:inspector";
import { fileURLToPath } from "node:url";

/** Which code has run since the last look. */
export type Look = readonly Profiler.ScriptCoverage[];

/** Where code begins that ran for the first time. */
export type Fresh = readonly { readonly url: string; readonly at: number }[];

export interface Coverage {
  /** What has run since the last look, in the scripts that count. */
  look(): Look;
  /** What of it never ran before. */
  fresh(look: Look): Fresh;
  /** From now on it counts as known. */
  learn(look: Look): void;
  /** Whether all of it has run. */
  reaches(look: Look, fresh: Fresh): boolean;
  /** Blocks that have run, as V8 divides the code it has seen. */
  blocks(): number;
  /** The string literals, and the names of what is taken out of objects, around those places. */
  wordsNear(fresh: Fresh): string[];
  /** All such words of the scripts that were reached. */
  words(): string[];
  close(): void;
}

interface Script {
  /** As {@link spread}, of all inputs. */
  readonly reached: Uint8Array;
  /** Where blocks begin and end. */
  readonly borders: Set<number>;
  readonly words: readonly Word[];
}

interface Word {
  readonly text: string;
  readonly at: number;
}

/** In characters: what a condition compares with stands no further away, mostly. */
const NEAR = 500;

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

  function scriptOf(url: string): Script {
    let script = scripts.get(url);
    if (script === undefined) {
      const text = readFileSync(fileURLToPath(url), "utf8");
      script = { reached: new Uint8Array(text.length), borders: new Set(), words: wordsOf(text) };
      scripts.set(url, script);
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
    fresh(look) {
      const found: { url: string; at: number }[] = [];
      for (const { url, functions } of look) {
        const { reached } = scriptOf(url);
        const now = spread(functions, reached.length);
        let wasFresh = false;
        for (let at = 0; at < now.length; at++) {
          const isFresh = now[at] === 1 && reached[at] === 0;
          if (isFresh && !wasFresh) found.push({ url, at });
          wasFresh = isFresh;
        }
      }
      return found;
    },
    learn(look) {
      for (const { url, functions } of look) {
        const { reached, borders } = scriptOf(url);
        const now = spread(functions, reached.length);
        for (let at = 0; at < now.length; at++) if (now[at] === 1) reached[at] = 1;
        for (const { startOffset, endOffset } of functions.flatMap(({ ranges }) => ranges)) {
          borders.add(startOffset).add(endOffset);
        }
      }
    },
    reaches(look, fresh) {
      const ran = new Map(
        look.map(({ url, functions }) => [url, spread(functions, scriptOf(url).reached.length)]),
      );
      return fresh.every(({ url, at }) => ran.get(url)?.[at] === 1);
    },
    blocks() {
      let blocks = 0;
      for (const { reached, borders } of scripts.values()) {
        for (const border of borders) blocks += reached[border] ?? 0;
      }
      return blocks;
    },
    wordsNear(fresh) {
      const found = fresh.flatMap(({ url, at }) =>
        scriptOf(url).words.filter((word) => Math.abs(word.at - at) < NEAR),
      );
      return [...new Set(found.map(({ text }) => text))];
    },
    words: () => [...new Set([...scripts.values()].flatMap(({ words }) => words.map(({ text }) => text)))],
    close() {
      session.post("Profiler.stopPreciseCoverage");
      session.disconnect();
    },
  };
}

/** A byte for each character: 1 where it has run. */
function spread(functions: readonly Profiler.FunctionCoverage[], length: number): Uint8Array {
  const ran = new Uint8Array(length);
  // From the outside in: an inner range says more than the one around it.
  for (const { startOffset, endOffset, count } of functions.flatMap(({ ranges }) => ranges)) {
    ran.fill(count > 0 ? 1 : 0, startOffset, endOffset);
  }
  return ran;
}

/** Names out of objects are keys, in JSON. */
function wordsOf(source: string): Word[] {
  const texts = [...source.matchAll(/"((?:[^"\\\n]|\\.){1,60})"/g)];
  const words = texts.map((found) => ({ text: found[1] ?? "", at: found.index }));
  for (const { 1: list = "", index } of source.matchAll(/\{([^{}=()]+)\} = /g)) {
    words.push(...(list.match(/\w+/g) ?? []).map((text) => ({ text, at: index })));
  }
  return words.filter(({ text }) => !text.startsWith("node:") && !text.endsWith(".ts"));
}
