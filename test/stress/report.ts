export type Figures = Record<string, string | number>;

/** One tested promise: what was measured, and how the promise was broken, if it was. */
export interface Row {
  name: string;
  figures: Figures;
  broken: string[];
}

export interface Report {
  /** Checks one promise. `expect(condition, "what is wrong otherwise")` collects the failures. */
  row(name: string, check: (expect: Expect) => Promise<Figures> | Figures): Promise<void>;
  /** Something that cannot be tested here, and why. */
  skip(name: string, why: string): void;
  /** A line under the table. */
  note(line: string): void;
}

export type Expect = (holds: boolean, otherwise: string) => void;

/** The same `expect`, with `who` before what is wrong. */
export function about(who: string, expect: Expect): Expect {
  return (holds, otherwise) => expect(holds, `${who}: ${otherwise}`);
}

/** For the process in a network of its own; its rows become tests in the process outside. */
export function newReport(): Pick<Report, "row"> & { readonly rows: readonly Row[] } {
  const rows: Row[] = [];
  return {
    rows,
    async row(name, check) {
      const broken: string[] = [];
      let figures: Figures = {};
      try {
        figures = await check((holds, otherwise) => {
          if (!holds) broken.push(otherwise);
        });
      } catch (error) {
        broken.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
      }
      rows.push({ name, figures, broken });
    },
  };
}

/** `12 ms`, `3.4 s`. */
export function duration(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
