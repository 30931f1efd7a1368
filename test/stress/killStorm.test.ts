import { beforeAll } from "vitest";
import { KINDS } from "./killKinds.ts";
import { killLane, type LaneFigures } from "./killLane.ts";
import { seeded } from "./random.ts";
import { duration } from "./report.ts";
import { defineSuite } from "./suite.ts";

const KILLS = 500;
const KILLS_SHORT = 60;
/** After this time it stops with fewer kills, and says so. */
const MOST_MS = 420_000;
const MOST_SHORT_MS = 80_000;
/** A round mostly waits. More lanes would measure the queue of a small machine. */
const LANES = 3;

/** SIGKILLs at random moments. Each time the disk is checked, and the next call must succeed. */
defineSuite({
  name: "killStorm",
  title: "Kill storm",
  run({ report, seed, short }) {
    const kills = Math.ceil((short ? KILLS_SHORT : KILLS) / LANES);
    let results: LaneFigures[] = [];
    beforeAll(async () => {
      const lanes = Array.from({ length: LANES }, (_, lane) =>
        killLane(kills, short ? MOST_SHORT_MS : MOST_MS, seeded(seed, "killStorm", lane)),
      );
      results = await Promise.all(lanes);
    }, 2 * MOST_MS);
    for (const kind of Object.keys(KINDS)) {
      report.row(`kill during ${kind}`, (expect) => {
        const rounds = results.flatMap((result) => result.rounds.filter((round) => round.kind === kind));
        for (const round of rounds)
          for (const fault of round.faults) expect(false, `${round.what}: ${fault}`);
        const by = (target: string) =>
          rounds.filter((round) => round.killed && round.target === target).length;
        return {
          kills: rounds.filter(({ killed }) => killed).length,
          "of caller": by("caller"),
          "of its group": by("group"),
          "of worker": by("worker"),
          "had ended": rounds.filter(({ killed }) => !killed).length,
          "answer lost": rounds.filter(({ answerLost }) => answerLost).length,
          "second tabs": rounds.filter(({ tabs }) => tabs > 1).length,
          "stale locks left by a hit": rounds.reduce((total, { swept }) => total + swept, 0),
          "slowest next call": duration(Math.max(0, ...rounds.map(({ nextMs }) => nextMs))),
        };
      });
    }
    report.row("what is left at the end", (expect) => {
      for (const { end } of results) for (const fault of end.faults) expect(false, fault);
      return summary(results);
    });
  },
});

function summary(results: readonly LaneFigures[]) {
  const sum = (key: "temporary" | "temporaryAfterSweep" | "processes" | "locks") =>
    results.reduce((total, { end }) => total + end[key], 0);
  return {
    kills: results.flatMap(({ rounds }) => rounds).filter(({ killed }) => killed).length,
    "temp files of killed writers": sum("temporary"),
    "after their 60 s": sum("temporaryAfterSweep"),
    processes: sum("processes"),
    "lock files": sum("locks"),
  };
}
