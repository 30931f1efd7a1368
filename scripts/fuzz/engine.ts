import { assertUnpolluted, cleanPrototypes } from "../../test/unit/fuzz/properties/outcome.ts";
import type { Random } from "../stress/random.ts";
import type { Coverage } from "./coverage.ts";
import { type Findings, newFindings } from "./findings.ts";
import { mutate, oddWords, type Words } from "./mutation.ts";
import { shrink } from "./shrink.ts";
import type { FuzzTarget, Input, Subject } from "./target.ts";

/** An input that takes longer, each time of three, is a finding. */
const SLOW_MS = 1_000;
/** How often an input is tried with a piece less before it becomes a parent. */
const SHRINKING = 80;

export interface Run {
  readonly target: FuzzTarget;
  readonly coverage: Coverage;
  readonly random: Random;
  /** Inputs of earlier runs. */
  readonly kept: readonly Input[];
  /** False: nothing is learned from the coverage, to see what it is worth. */
  readonly guided: boolean;
  open(): Promise<Subject>;
  /** Before each input. */
  onRun(input: Input): void;
  /** An input that reached something new. */
  onNew(input: Input): void;
  /** Between two batches. */
  isOver(figures: Figures): boolean | Promise<boolean>;
}

export interface Figures {
  runs: number;
  blocks: number;
  corpus: number;
  findings: Findings["found"];
}

/** An input that reached something new. */
interface Parent {
  readonly input: Input;
  /** Those of the code that it was the first to reach. */
  readonly words: Words;
  uses: number;
}

const wordList = (words: readonly string[]): Words => words.map((word) => Buffer.from(word));

/** Runs inputs until it is over: what reaches new code becomes a parent of further inputs. */
export async function fuzz(run: Run): Promise<Figures> {
  const { target, coverage, random } = run;
  const corpus: Parent[] = [];
  const figures: Figures = { runs: 0, blocks: 0, corpus: 0, findings: [] };
  const odd: Words = [...oddWords, ...wordList(target.words ?? [])];
  /** The code's own. */
  let all: Words = [];
  let subject = await run.open();

  async function fault(input: Input): Promise<unknown> {
    figures.runs++;
    run.onRun(input);
    const began = performance.now();
    try {
      await subject.run(input);
      assertUnpolluted();
    } catch (error) {
      // What it left behind is not to spoil the next ones.
      cleanPrototypes();
      await subject.close();
      subject = await run.open();
      return error;
    }
    const ms = performance.now() - began;
    return ms > SLOW_MS ? new Error(`took ${Math.round(ms / 100) / 10} s`) : undefined;
  }
  const findings = newFindings(fault);
  figures.findings = findings.found;

  async function runBatch(inputs: readonly Input[]): Promise<void> {
    for (const input of inputs) {
      const error = await fault(input);
      if (error !== undefined) await findings.add(input, error);
    }
    const together = coverage.look();
    if (coverage.fresh(together).length > 0) {
      for (const input of inputs) await learnFrom(input);
      // What came once and never again is not looked for at each turn.
      coverage.learn(together);
      all = wordList(coverage.words());
    }
    figures.blocks = coverage.blocks();
    figures.corpus = corpus.length;
  }

  async function learnFrom(input: Input): Promise<void> {
    const isFaulty = (await fault(input)) !== undefined;
    const look = coverage.look();
    const fresh = coverage.fresh(look);
    if (fresh.length === 0) return;
    if (run.guided && !isFaulty) {
      // In a small one the next change is likelier to hit what matters.
      const small = await shrink(input, SHRINKING, async (each) => {
        return (await fault(each)) === undefined && coverage.reaches(coverage.look(), fresh);
      });
      corpus.push({ input: small, words: wordList(coverage.wordsNear(fresh)), uses: 0 });
      run.onNew(small);
    }
    coverage.learn(look);
  }

  coverage.look();
  const first = [...target.seeds, ...run.kept];
  for (let at = 0; at < first.length; at += target.batch) await runBatch(first.slice(at, at + target.batch));
  const blind = target.seeds.map((input): Parent => ({ input, words: [], uses: 0 }));
  while (!(await run.isOver(figures))) {
    const parents = corpus.length === 0 ? blind : corpus;
    const leastUsed = parents.reduce((least, each) => (each.uses < least.uses ? each : least));
    await runBatch(
      Array.from({ length: target.batch }, () => {
        // What is new has to catch up first: nobody has looked behind it yet.
        const parent = random.pick([leastUsed, random.pick(parents)]);
        parent.uses++;
        const words = random.pick([odd, all, parent.words, parent.words].filter(({ length }) => length > 0));
        return mutate(parent.input, random.pick(parents).input, words, random, target.longest);
      }),
    );
  }
  await subject.close();
  return figures;
}
