import type { Crowd, Figures, Row } from "./figures.ts";
import type { Size } from "./sizes.ts";
import type { Waiting } from "./waiters.ts";

/** The results of one run of the bench. */
export interface Report {
  machine: { platform: string; processors: number; model: string; load: string; node: string };
  single: Figures;
  crowds: Crowd[];
  awsCli: Row[];
  /** What could not be measured here, with the reasons. */
  absent: string[];
  waiting: Waiting;
  sizes: Size[];
}

export interface Bar {
  name: string;
  figure: number;
  limit: number;
}

/**
 * The program's promises about its speed. Each compares figures of one run, or times that do not
 * depend on the machine.
 */
export function bars({ single, crowds, waiting, sizes }: Report): Bar[] {
  const { ratios, frontOnMissMs, completionMs, hitPeakBytes } = single;
  const [hits, alone] = crowds;
  const bytes = (of: string) => sizes.find(({ name }) => name === of)?.bytes ?? Number.NaN;
  const { cpuSeconds, noticedMs } = waiting;
  return [
    { name: "hit / C: read and print", figure: ratios.hitToC, limit: 1.6 },
    { name: "bytes of memory at the peak of a hit", figure: hitPeakBytes, limit: 4 * 2 ** 20 },
    { name: "bytes of the native front", figure: bytes("native front"), limit: 100_000 },
    { name: "milliseconds that the front adds to a miss", figure: frontOnMissMs, limit: 1 },
    { name: "hit of the program alone / node -e 0", figure: ratios.hitToNode, limit: 0.8 },
    {
      name: "peak memory of a hit of the program alone / node -e 0",
      figure: ratios.hitMemoryToNode,
      limit: 1,
    },
    {
      name: "hit of the program alone, config of 20,000 lines / of 10",
      figure: ratios.longConfigToShort,
      limit: 1.03,
    },
    { name: "miss / hit of the program alone", figure: ratios.missToHit, limit: 4 },
    {
      name: "50 hits at once / their share of the processors",
      figure: hits?.ratio ?? Number.NaN,
      limit: 1.2,
    },
    {
      name: "50 hits of the program alone at once / their share of the processors",
      figure: alone?.ratio ?? Number.NaN,
      limit: 1.1,
    },
    { name: "CPU seconds of 50 waiting 10 s for a lock", figure: cpuSeconds.lock, limit: 1 },
    { name: "CPU seconds of 50 waiting 10 s for a sign-in", figure: cpuSeconds.login, limit: 1 },
    { name: "milliseconds until a waiter has the result", figure: noticedMs.median, limit: 100 },
    { name: "milliseconds of a completion", figure: completionMs, limit: 50 },
    { name: "bytes of the entry script", figure: bytes("entry script"), limit: 20_000 },
  ];
}

export function isMet({ figure, limit }: Bar): boolean {
  return figure <= limit;
}
