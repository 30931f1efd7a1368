import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { relative } from "node:path";
import { pinnedNode, root } from "../toolchain.mjs";

export interface Outcome {
  passed: number;
  failed: number;
  /** A line for each test that did not simply pass. */
  remarks?: readonly string[];
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
export function runChecks(): Outcome {
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
export function runTests(projects: string, args: readonly string[]): Outcome {
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
    // With -t all other tests are skipped, too.
    const remarks = args.includes("-t") ? [] : remarksOn(testResults);
    // A file that does not load, or an error outside any test, fails the run without a failed test.
    return { passed: numPassedTests, failed: good ? numFailedTests : Math.max(1, numFailedTests), remarks };
  } catch {
    return { passed: 0, failed: 1 };
  } finally {
    rmSync(report, { force: true });
  }
}

interface FileResult {
  name: string;
  assertionResults: readonly TestResult[];
}

interface TestResult {
  status: "passed" | "failed" | "skipped" | "pending";
  ancestorTitles: readonly string[];
  title: string;
  /** Also of a first attempt, if the second one passed. */
  failureMessages: readonly string[];
}

/** A skipped test is listed by its title alone, which has to say what is missing. */
function remarksOn(results: readonly FileResult[]): string[] {
  return results.flatMap(({ name, assertionResults }) =>
    assertionResults.flatMap(({ status, ancestorTitles, title, failureMessages }) => {
      const test = [...ancestorTitles, title].join(" > ");
      const [reason = ""] = (failureMessages[0] ?? "").split("\n");
      if (status === "failed") return `FAILED ${relative(root, name)} > ${test}: ${reason}`;
      if (status !== "passed") return `SKIPPED ${test}`;
      return failureMessages.length === 0 ? [] : `FLAKY ${relative(root, name)} > ${test}: ${reason}`;
    }),
  );
}

/** Prints the remarks and the totals, and sets the exit code. */
export function conclude(...parts: Outcome[]): void {
  const sum = (key: "passed" | "failed") => parts.reduce((total, part) => total + part[key], 0);
  // CI shows the end of the output.
  for (const remark of parts.flatMap(({ remarks = [] }) => remarks)) console.log(remark);
  console.log(`\n${sum("passed")} passed, ${sum("failed")} failed`);
  process.exitCode = sum("failed") === 0 ? 0 : 1;
}
