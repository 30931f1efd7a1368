import type { IdentityCenter } from "../identityCenter/identityCenter.ts";
import type { RunResult } from "../support/run.ts";
import { duration, type Expect, type Figures } from "./report.ts";
import { isGoodOutput, type Stage } from "./stage.ts";

/** The expected end: 0 with credentials, or a failure's kind and message with empty stdout. */
export type Ending = 0 | { exit: number; says: RegExp };

/** The time of a start-up on a busy machine, for runs without anything to wait for. */
export const PROMPT_MS = 6_000;

/** Compares a run with its expected end. Returns the row's figures. */
export function judge(
  expect: Expect,
  { center, browser }: Stage,
  { code, stdout, stderr, ms }: RunResult,
  ending: Ending,
  { mostMs = PROMPT_MS, tabs = 0 } = {},
): Figures {
  if (ending === 0) {
    expect(code === 0, `exit ${code}: ${stderr.trim()}`);
    expect(isGoodOutput(stdout, center), `output ${JSON.stringify(stdout.slice(0, 80))}`);
    expect(stderr === "", `stderr of a success: ${stderr.trim()}`);
  } else {
    expect(code === ending.exit, `exit ${code} instead of ${ending.exit}: ${stderr.trim()}`);
    expect(stdout === "", `stdout of a failure: ${stdout.slice(0, 80)}`);
    expect(ending.says.test(stderr), `unexpected words: ${stderr.trim()}`);
    expect(isFailureText(stderr), `shape of ${JSON.stringify(stderr)}`);
  }
  expect(ms <= mostMs, `took ${duration(ms)}`);
  expect(browser.opened().length <= tabs, `${browser.opened().length} tabs`);
  return { exit: code ?? "killed", time: duration(ms), says: ending === 0 ? "" : firstLine(stderr) };
}

/** Each run ended with credentials, and wrote nothing to standard error. */
export function expectServed(results: readonly RunResult[], center: IdentityCenter, expect: Expect): void {
  for (const { code, stdout, stderr } of results) {
    expect(code === 0 && isGoodOutput(stdout, center), `exit ${code}: ${stderr.trim()}`);
    expect(code !== 0 || stderr === "", `stderr of a success: ${stderr.trim()}`);
  }
}

/** The number of requests to /token with this grant. */
export function grants(center: IdentityCenter, grantType: string): number {
  return center.count("/token", ({ body }) => (body as { grantType?: string }).grantType === grantType);
}

/** One line that says what happened, and at most one that says what to do. */
export function isFailureText(stderr: string): boolean {
  return /^sso-cred: [^\n]+\n( {2}(run|open): [^\n]+\n)?$/.test(stderr);
}

const MOST_SHOWN = 90;

/** The text without the parts that differ from run to run. */
function firstLine(stderr: string): string {
  const line = (stderr.split("\n")[0] ?? "")
    .replace(/^sso-cred: /, "")
    .replace(/\/tmp\/sso-cred-stress-\w+/g, "~")
    .replace(/127\.0\.0\.1:\d+/g, "HOST")
    .replace(/process \d+/g, "process N")
    .replaceAll("|", "/");
  return line.length > MOST_SHOWN ? `${line.slice(0, MOST_SHOWN)}…` : line;
}
