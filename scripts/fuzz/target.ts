/** One input: the parts that a target asks for, as bytes. */
export type Input = readonly Buffer[];

/** Something that reads what it should not trust. A module of scripts/fuzz/targets exports one as `target`. */
export interface FuzzTarget {
  /** What the parts of an input are, for people. */
  readonly parts: readonly string[];
  /** Good inputs to begin with; each has all parts. */
  readonly seeds: readonly Input[];
  /** Words of the format; the string literals of the code that is reached come by themselves. */
  readonly words?: readonly string[];
  /** The most bytes of a part; by default 64 KiB, at which what is too slow shows. */
  readonly longest?: number;
  /** How many inputs run between two looks at the coverage; a look costs about half a millisecond. */
  readonly batch: number;
  /** Where new coverage counts: paths below the repository's folder. Default: `src/`. */
  readonly covers?: readonly string[];
  open(place: FuzzPlace): Promise<Subject> | Subject;
}

export interface FuzzPlace {
  /** The file that this process' stdout is: nobody else reads it. */
  readonly stdout: string;
}

export interface Subject {
  /** Throws, or rejects, when a promise is broken. */
  run(input: Input): unknown;
  close(): unknown;
}

/** Seeds out of texts. */
export function textInputs(...inputs: readonly (readonly string[])[]): Input[] {
  return inputs.map((parts) => parts.map((part) => Buffer.from(part)));
}
