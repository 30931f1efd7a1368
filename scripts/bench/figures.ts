import { availableParallelism } from "node:os";
import type { Stage } from "./stage.ts";
import { type Home, line } from "./stage.ts";
import { median, pairedRatio, type Summary, summary } from "./statistics.ts";
import { type Command, type Run, timed } from "./stopwatch.ts";

/** One line of the table. */
export interface Row extends Summary {
  name: string;
  /** To `node -e 0`, in pairs. */
  ratio: number;
}

export interface Figures {
  runs: number;
  rows: Row[];
  ratios: {
    hitToNode: number;
    hitMemoryToNode: number | undefined;
    longConfigToShort: number;
    missToHit: number;
    secureMissToHit: number;
  };
}

/** Everything that is one process at a time, in one series of rounds. */
export async function singleRuns(stage: Stage, runs: number): Promise<Figures> {
  const { executable, node, c, center, secureCenter } = stage;
  const homes = { short: stage.makeHome(10), middle: stage.makeHome(1_000), long: stage.makeHome(20_000) };
  const secure = stage.makeHome(10, secureCenter);
  const { short, middle, long } = homes;
  const run = (home: Home, ...args: string[]): Command => ({ argv: [executable, ...args], env: home.env });
  const miss = (home: Home): Command => ({ ...run(home, ...line("ReadOnly")), remove: [home.missing] });
  const commands: Record<string, Command> = {
    "node -e 0": { argv: [node, "-e", "0"], env: short.env },
    hit: run(short, ...line("Hit")),
    "hit, config of 20,000 lines": run(long, ...line("Hit")),
    "hit by --profile, 10 lines": run(short, "--profile", "wanted"),
    "hit by --profile, 1,000 lines": run(middle, "--profile", "wanted"),
    "hit by --profile, 20,000 lines": run(long, "--profile", "wanted"),
    miss: miss(short),
    "miss over TLS": miss(secure),
    "refresh and miss": { ...miss(middle), copy: [[middle.expiredToken, middle.token]] },
    "--help": run(short, "--help"),
    ...(c && { "C: read and print": { argv: [c, short.cached], env: {} } }),
  };
  const results = await timed(Object.values(commands), runs);
  const of = new Map(Object.keys(commands).map((name, index) => [name, results[index] ?? []]));
  const get = (name: string) => of.get(name) as Run[];
  expectMisses(center.count("/federation/credentials"), 2 * runs);
  expectMisses(secureCenter.count("/federation/credentials"), runs);
  const peak = (name: string) => summary(get(name)).peakBytes ?? Number.NaN;
  const memory = peak("hit") / peak("node -e 0");
  return {
    runs,
    rows: [...of].map(([name, timings]) => ({
      name,
      ...summary(timings),
      ratio: pairedRatio(timings, get("node -e 0")),
    })),
    ratios: {
      hitToNode: pairedRatio(get("hit"), get("node -e 0")),
      hitMemoryToNode: Number.isNaN(memory) ? undefined : memory,
      longConfigToShort: pairedRatio(get("hit, config of 20,000 lines"), get("hit")),
      missToHit: pairedRatio(get("miss"), get("hit")),
      secureMissToHit: pairedRatio(get("miss over TLS"), get("hit")),
    },
  };
}

/** A miss that was none would look fast. */
function expectMisses(requests: number, runs: number): void {
  if (requests < runs) throw new Error(`${requests} portal calls in ${runs} misses`);
}

export interface Crowd {
  name: string;
  medianMs: number;
  /** To as many single runs, shared among the processors. */
  ratio: number;
  /** Portal calls of each round. */
  portalCalls: number | undefined;
}

const CROWD = 50;

/** So many processes at once. */
export async function crowds(stage: Stage, rounds: number): Promise<Crowd[]> {
  const { executable, center } = stage;
  const home = stage.makeHome(10);
  const hit = { argv: [executable, ...line("Hit")], env: home.env };
  const miss = { argv: [executable, ...line("ReadOnly")], env: home.env, remove: [home.missing] };
  const before = center.count("/federation/credentials");
  const [single = [], hits = [], misses = []] = await timed(
    [{ ...hit }, { ...hit, parallel: CROWD }, { ...miss, parallel: CROWD }],
    rounds,
    0,
  );
  const calls = (center.count("/federation/credentials") - before) / rounds;
  const fairMs = (median(single.map(({ ms }) => ms)) * CROWD) / availableParallelism();
  const crowd = (name: string, runs: Run[], portalCalls?: number) => {
    const medianMs = median(runs.map(({ ms }) => ms));
    return { name, medianMs, ratio: medianMs / fairMs, portalCalls };
  };
  return [crowd(`${CROWD} hits at once`, hits), crowd(`${CROWD} misses of one role at once`, misses, calls)];
}

/** An AWS CLI, where one is installed. */
export async function awsCli(stage: Stage, path: string, rounds: number): Promise<Row[]> {
  const home = stage.makeHome(10);
  const env = { ...process.env, HOME: home.path } as Record<string, string>;
  const base: Command = { argv: [stage.node, "-e", "0"], env };
  const commands: Command[] = [base, { argv: [path, "--version"], env }];
  const [nodes = [], versions = []] = await timed(commands, rounds);
  const row = (name: string, runs: Run[], against: Run[]) => ({
    name,
    ...summary(runs),
    ratio: pairedRatio(runs, against),
  });
  const rows = [row("aws --version", versions, nodes)];
  try {
    const argv = [path, "configure", "export-credentials", "--profile", "wanted"];
    const [again = [], exported = []] = await timed([base, { argv, env }], rounds);
    rows.push(row("aws configure export-credentials", exported, again));
  } catch {
    // Version 1 does not know it.
  }
  return rows;
}
