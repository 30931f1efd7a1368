// npm run bench [-- [list] [--runs N] [--json] [--check]]: builds, measures, and prints a table (or
// JSON). It is no test. Only with --check does the exit code depend on timings: it is 1 if a bar is
// missed. It needs python3 and cc.
import { spawnSync } from "node:child_process";
import { availableParallelism, cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { awsCli, crowds, type Row, singleRuns, versionRow } from "./bench/figures.ts";
import { benchList } from "./bench/list.ts";
import { bars, isMet, markdown, type Report } from "./bench/report.ts";
import { sizes } from "./bench/sizes.ts";
import { makeStage, type Stage } from "./bench/stage.ts";
import { waiting } from "./bench/waiters.ts";
import { buildExecutable } from "./build/executable.ts";
import { runtime } from "./build/runtime.ts";
import { hostTarget } from "./toolchain.mjs";

/**
 * Other tools answer from stores of their own, which the bench does not fill. Only their start is
 * measured: a lower bound for the time of a cached answer.
 */
const PEERS = ["aws-sso", "granted", "aws-vault", "aws-sso-credentials"];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: "string", default: "40" },
    json: { type: "boolean", default: false },
    check: { type: "boolean", default: false },
  },
});

const executable = await buildExecutable({ say });
if (positionals[0] === "list") await list();
else await main();

async function main(): Promise<void> {
  const report = await measure(Number(values.runs));
  console.log(
    values.json ? JSON.stringify({ ...report, bars: bars(report) }, undefined, 1) : markdown(report),
  );
  if (values.check && !bars(report).every(isMet)) process.exitCode = 1;
}

async function list(): Promise<void> {
  const result = await benchList(executable);
  const { requests, seconds, floorSeconds, ratio, isWithinMargin } = result;
  const text = `${requests} requests in ${seconds.toFixed(1)} s; at the portal's rate they take ${floorSeconds.toFixed(1)} s: ${ratio.toFixed(2)}`;
  console.log(values.json ? JSON.stringify(result) : text);
  if (values.check && !isWithinMargin) process.exitCode = 1;
}

async function measure(runs: number): Promise<Report> {
  const node = await runtime(hostTarget(), say);
  const stage = await makeStage(executable, node);
  try {
    const load = loadavg().map((value) => value.toFixed(1));
    say(`single runs, ${runs} rounds`);
    const single = await singleRuns(stage, runs);
    say("crowds");
    const together = await crowds(stage, Math.max(3, Math.round(runs / 4)));
    say("waiting");
    const waited = await waiting(stage);
    const { rows, absent } = await otherTools(stage);
    const { model = "" } = cpus()[0] ?? {};
    return {
      machine: {
        platform: hostTarget(),
        processors: availableParallelism(),
        model: model.trim(),
        load: load.join(" "),
        node: process.versions.node,
      },
      single,
      crowds: together,
      awsCli: rows,
      absent,
      waiting: waited,
      sizes: await sizes(stage),
    };
  } finally {
    await stage.close();
  }
}

async function otherTools(stage: Stage): Promise<{ rows: Row[]; absent: string[] }> {
  const rows: Row[] = [];
  const absent: string[] = [];
  const aws = installed("aws");
  if (aws === undefined) absent.push("aws --version (there is no AWS CLI)");
  else {
    say("the AWS CLI");
    rows.push(...(await awsCli(stage, aws)));
    if (rows.length < 2) absent.push("aws configure export-credentials (this AWS CLI cannot)");
  }
  for (const name of PEERS) {
    const path = installed(name);
    if (path === undefined) absent.push(`${name} (it is not in the PATH)`);
    else rows.push(await versionRow(stage, path, name));
  }
  return { rows, absent };
}

/** The path of a tool that runs here. */
function installed(name: string): string | undefined {
  const path = spawnSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).stdout?.trim();
  return path && spawnSync(path, ["--version"]).status === 0 ? path : undefined;
}

function say(text: string): void {
  console.error(`bench: ${text}`);
}
