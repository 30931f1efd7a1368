import { assertUnpolluted, cleanPrototypes } from "../../test/unit/fuzz/properties/outcome.ts";
import type { Random } from "../stress/random.ts";
import type { Coverage } from "./coverage.ts";
import { type Findings, newFindings } from "./findings.ts";
import { mutate, oddWords, type Words } from "./mutation.ts";
import type { FuzzTarget, Input, Subject } from "./target.ts";

/** An input that takes longer, each time of three, is a finding. */
const SLOW_MS = 1_000;

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

/** Runs inputs until it is over: what reaches new code becomes a parent of further inputs. */
export async function fuzz(run: Run): Promise<Figures> {
  const { target, coverage, random } = run;
  const corpus: Input[] = [];
  const figures: Figures = { runs: 0, blocks: 0, corpus: 0, findings: [] };
  let words: Words = [...oddWords, ...(target.words ?? []).map((word) => Buffer.from(word))];
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
    if (coverage.isNew(together, true)) {
      for (const input of inputs) {
        await fault(input);
        if (coverage.isNew(coverage.look())) keep(input);
      }
      // What came once and never again is not looked for at each turn.
      coverage.isNew(together);
      words = [...words, ...coverage.newWords().map((word) => Buffer.from(word))];
    }
    figures.blocks = coverage.blocks();
    figures.corpus = corpus.length;
  }

  function keep(input: Input): void {
    if (!run.guided) return;
    corpus.push(input);
    run.onNew(input);
  }

  coverage.look();
  const first = [...target.seeds, ...run.kept];
  for (let at = 0; at < first.length; at += target.batch) await runBatch(first.slice(at, at + target.batch));
  const parents = () => (corpus.length === 0 ? target.seeds : corpus);
  while (!(await run.isOver(figures))) {
    const some = parents();
    // The later ones reach deeper.
    const parent = () => some[Math.floor(some.length * Math.sqrt(random.next()))] ?? [];
    await runBatch(
      Array.from({ length: target.batch }, () =>
        mutate(parent(), random.pick(some), words, random, target.longest),
      ),
    );
  }
  await subject.close();
  return figures;
}
