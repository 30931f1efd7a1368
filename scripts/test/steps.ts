import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { pinnedNode, root } from "../toolchain.mjs";

export interface Counts {
  passed: number;
  failed: number;
}

/** Runs a program of node_modules and shows its output. Returns true if it exits with 0. */
export function runTool(script: string, args: readonly string[]): boolean {
  const { status } = spawnSync(pinnedNode(), [`${root}node_modules/${script}`, ...args], {
    cwd: root,
    stdio: "inherit",
  });
  return status === 0;
}

/** Runs type checker, linter and formatter, all of them even if the first one fails. */
export function runChecks(): Counts {
  const results = [
    runTool("typescript/bin/tsc", []),
    runTool("@biomejs/biome/bin/biome", [
      "check",
      "--error-on-warnings",
      `--colors=${process.stdout.isTTY ? "force" : "off"}`,
      ".",
    ]),
  ];
  return { passed: 0, failed: results.filter((good) => !good).length };
}

/** Runs projects of vitest.config.ts, separated by commas. `args` are vitest's own: file names. */
export function runTests(projects: string, args: readonly string[]): Counts {
  const report = `${root}.cache/test-${projects}-${process.pid}.json`;
  mkdirSync(`${root}.cache`, { recursive: true });
  const options = [
    "run",
    ...projects.split(",").flatMap((name) => ["--project", name]),
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
  ];
  const good = runTool("vitest/vitest.mjs", [...options, ...args]);
  try {
    const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, "utf8"));
    // With -t everything else is skipped, too.
    if (!args.includes("-t")) for (const title of skipped(testResults)) console.log(`SKIPPED ${title}`);
    // A file that does not load, or an error outside any test, fails the run without a failed test.
    return { passed: numPassedTests, failed: good ? numFailedTests : Math.max(1, numFailedTests) };
  } catch {
    return { passed: 0, failed: 1 };
  } finally {
    rmSync(report, { force: true });
  }
}

interface FileResult {
  assertionResults: readonly { status: string; ancestorTitles: readonly string[]; title: string }[];
}

/** The titles of skipped tests, which say what is missing here. vitest does not print them. */
function skipped(results: readonly FileResult[]): string[] {
  return results
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status === "skipped" || status === "pending")
    .map(({ ancestorTitles, title }) => [...ancestorTitles, title].join(" > "));
}

/** Prints the closing line for machines, and sets the exit code. */
export function close(...parts: Counts[]): void {
  const sum = (key: keyof Counts) => parts.reduce((total, counts) => total + counts[key], 0);
  console.log(`\n${sum("passed")} passed, ${sum("failed")} failed`);
  process.exitCode = sum("failed") === 0 ? 0 : 1;
}
