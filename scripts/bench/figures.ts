import { availableParallelism } from "node:os";
import { type Home, line, peakBytes, type Stage } from "./stage.ts";
import {
  type Command,
  median,
  pairedDifference,
  pairedRatio,
  type Run,
  type Summary,
  summary,
  timed,
} from "./stopwatch.ts";

/** One row of the table. */
export interface Row extends Summary {
  name: string;
  /** The ratio to `node -e 0`, measured in pairs. */
  ratio: number;
}

export interface Figures {
  runs: number;
  rows: Row[];
  ratios: {
    /** For the native front. */
    hitToC: number;
    hitToNode: number;
    hitMemoryToNode: number;
    longConfigToShort: number;
    missToHit: number;
    secureMissToHit: number;
  };
  /** The time that the front adds to a miss. */
  frontOnMissMs: number;
  /** The time of the slower completion. */
  completionMs: number;
  /** The memory of a hit by the front. */
  hitPeakBytes: number;
}

const ALONE = "hit, the program alone";
const LONG = "hit, the program alone, config of 20,000 lines";
const ALONE_MISS = "miss, the program alone";
const C = "C: read and print";
const PROFILE_COMPLETION = "completion of a profile, 1,000 profiles";
const ACCOUNT_COMPLETION = "completion of an account, 1,000 profiles";

/** The hit gets this many times more rounds, because its bars are narrow. */
const HIT_ROUNDS = 4;
/** Other tools take half a second each. */
const OTHER_ROUNDS = 5;

/** Measures everything that runs alone: first the hit beside `node -e 0`, then all the rest. */
export async function singleRuns(stage: Stage, runs: number): Promise<Figures> {
  const { executable, program, node, c, center, secureCenter } = stage;
  const homes = { short: stage.makeHome(10), middle: stage.makeHome(1_000), long: stage.makeHome(20_000) };
  const manyProfiles = stage.makeHome(5_000);
  const secure = stage.makeHome(10, secureCenter);
  const { short, middle, long } = homes;
  const run = (home: Home, ...args: string[]): Command => ({ argv: [executable, ...args], env: home.env });
  const alone = (home: Home, ...args: string[]): Command => ({ argv: [program, ...args], env: home.env });
  const miss = (home: Home): Command => ({ ...run(home, ...line("ReadOnly")), remove: [home.missing] });
  const aloneMiss = { ...alone(short, ...line("ReadOnly")), remove: [short.missing] };
  const base = {
    "node -e 0": { argv: [node, "-e", "0"], env: short.env },
    hit: run(short, ...line("Hit")),
    [ALONE]: alone(short, ...line("Hit")),
  };
  const hits = await series(
    {
      ...base,
      [LONG]: alone(long, ...line("Hit")),
      [C]: { argv: [c.readAndPrint, short.cached], env: {} },
    },
    HIT_ROUNDS * runs,
  );
  const rest = await series(
    {
      ...base,
      "hit by --profile, 10 lines": run(short, "--profile", "wanted"),
      "hit by --profile, 1,000 lines": run(middle, "--profile", "wanted"),
      "hit by --profile, 20,000 lines": run(long, "--profile", "wanted"),
      miss: miss(short),
      [ALONE_MISS]: aloneMiss,
      "miss over TLS": miss(secure),
      "refresh and miss": { ...miss(middle), copy: [[middle.expiredToken, middle.token]] },
      "--help": run(short, "--help"),
      [PROFILE_COMPLETION]: run(manyProfiles, "--complete", "--", "exec", "--profile", "o"),
      [ACCOUNT_COMPLETION]: run(manyProfiles, "--complete", "--", "exec", "--account-id", ""),
    },
    runs,
  );
  expectMisses(center.count("/federation/credentials"), 3 * runs);
  expectMisses(secureCenter.count("/federation/credentials"), runs);
  const memory = (name: string) => hits.row(name).peakBytes ?? Number.NaN;
  return {
    runs,
    rows: [...hits.names, ...rest.names.filter((name) => !hits.names.includes(name))].map((name) =>
      (hits.names.includes(name) ? hits : rest).row(name),
    ),
    ratios: {
      hitToC: hits.ratio("hit", C),
      hitToNode: hits.ratio(ALONE, "node -e 0"),
      hitMemoryToNode: memory(ALONE) / memory("node -e 0"),
      longConfigToShort: hits.ratio(LONG, ALONE),
      missToHit: rest.ratio("miss", ALONE),
      secureMissToHit: rest.ratio("miss over TLS", ALONE),
    },
    frontOnMissMs: rest.difference("miss", ALONE_MISS),
    completionMs: Math.max(
      ...[PROFILE_COMPLETION, ACCOUNT_COMPLETION].map((name) => rest.row(name).medianMs),
    ),
    hitPeakBytes: peakBytes(c.peak, run(short, ...line("Hit"))),
  };
}

async function series(commands: Readonly<Record<string, Command>>, rounds: number) {
  const names = Object.keys(commands);
  const results = await timed(Object.values(commands), rounds);
  const of = (name: string): Run[] => results[names.indexOf(name)] ?? [];
  const ratio = (name: string, against: string) => pairedRatio(of(name), of(against));
  const difference = (name: string, without: string) => pairedDifference(of(name), of(without));
  const row = (name: string): Row => ({ name, ...summary(of(name)), ratio: ratio(name, "node -e 0") });
  return { names, ratio, difference, row };
}

/** A miss that was answered from the cache would look fast. */
function expectMisses(requests: number, runs: number): void {
  if (requests < runs) throw new Error(`${requests} portal calls in ${runs} misses`);
}

export interface Crowd {
  name: string;
  medianMs: number;
  /** The time divided by that of as many single runs, spread over the processors. */
  ratio: number;
  /** Portal calls of each round. */
  portalCalls: number | undefined;
}

/** The number of processes at once. */
const CROWD = 50;

export async function crowds(stage: Stage, rounds: number): Promise<Crowd[]> {
  const { executable, program, node, center } = stage;
  const home = stage.makeHome(10);
  const bare = { argv: [node, "-e", "0"], env: home.env };
  const hit = { argv: [executable, ...line("Hit")], env: home.env };
  const alone = { ...hit, argv: [program, ...line("Hit")] };
  const miss = { argv: [executable, ...line("ReadOnly")], env: home.env, remove: [home.missing] };
  const before = center.count("/federation/credentials");
  const crowdOf = (one: Command): Command => ({ ...one, parallel: CROWD });
  const [single = [], hits = [], singleAlone = [], alones = [], misses = [], singleBare = [], bares = []] =
    await timed([hit, crowdOf(hit), alone, crowdOf(alone), crowdOf(miss), bare, crowdOf(bare)], rounds, 0);
  const calls = (center.count("/federation/credentials") - before) / rounds;
  const medianMs = (runs: Run[]) => median(runs.map(({ ms }) => ms));
  const crowd = (name: string, runs: Run[], alone: Run[], portalCalls?: number) => {
    const fairMs = (medianMs(alone) * CROWD) / availableParallelism();
    return { name, medianMs: medianMs(runs), ratio: medianMs(runs) / fairMs, portalCalls };
  };
  return [
    crowd(`${CROWD} hits at once`, hits, single),
    crowd(`${CROWD} hits at once, the program alone`, alones, singleAlone),
    crowd(`${CROWD} misses of one role at once`, misses, singleAlone, calls),
    crowd(`${CROWD} × node -e 0 at once`, bares, singleBare),
  ];
}

/** Measures the start of another tool: a lower bound for the time of its cached answer. */
export async function versionRow(stage: Stage, path: string, name: string): Promise<Row> {
  const argv = [path, "--version"];
  return beside(stage, { argv, env: stage.makeHome(10).env }, `${name} --version (a lower bound)`);
}

/** The rows of the AWS CLI. */
export async function awsCli(stage: Stage, path: string): Promise<Row[]> {
  const env = { ...process.env, HOME: stage.makeHome(10).path } as Record<string, string>;
  const rows = [await beside(stage, { argv: [path, "--version"], env }, "aws --version")];
  try {
    const argv = [path, "configure", "export-credentials", "--profile", "wanted"];
    rows.push(await beside(stage, { argv, env }, "aws configure export-credentials"));
  } catch {
    // Version 1 does not have this option.
  }
  return rows;
}

async function beside({ node }: Stage, command: Command, name: string): Promise<Row> {
  const bare = { argv: [node, "-e", "0"], env: command.env };
  const [nodes = [], runs = []] = await timed([bare, command], OTHER_ROUNDS);
  return { name, ...summary(runs), ratio: pairedRatio(runs, nodes) };
}
