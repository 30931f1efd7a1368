import { readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { rolePath, sessionSection, tokenPath } from "../support/home.ts";
import type { RunResult } from "../support/run.ts";
import type { Expect } from "./report.ts";
import { ACCOUNT, isGoodOutput, MAIN_JOB, ROLE, SESSION, type Stage } from "./stage.ts";

export type Kind = "refresh" | "login" | "write" | "init";
export type Target = "caller" | "group" | "worker";

/**
 * Comments, odd blanks and sections of the person's own, which `init` must keep. There are so many
 * that most kills hit the apply, not the listing.
 */
const CONFIG = [
  `# mine\n[default]\nregion = eu-central-1 \n\n${sessionSection(SESSION)}`,
  ...Array.from(
    { length: 1000 },
    (_, at) => `[profile mine-${at}]\nregion=eu-west-1 \n# note ${at}\noutput = json\n`,
  ),
].join("\n");

/** What is killed. Each kind needs only its own work. */
interface KillKind {
  args: readonly string[];
  targets: readonly Target[];
  /** Roughly the longest undisturbed run. The kills' times are drawn from a little more. */
  spanMs: number;
  /** Requests that a kill may be timed after. */
  requests: readonly string[];
  prepare(stage: Stage): Promise<unknown>;
}

export const KINDS: Readonly<Record<Kind, KillKind>> = {
  refresh: {
    args: MAIN_JOB,
    targets: ["caller", "caller", "group"],
    spanMs: 350,
    requests: ["/token", "/federation/credentials"],
    async prepare(stage) {
      await forget(stage);
      await stage.signIn(-3600);
    },
  },
  write: {
    args: MAIN_JOB,
    targets: ["caller", "caller", "group"],
    spanMs: 300,
    requests: ["/federation/credentials"],
    async prepare(stage) {
      await forget(stage);
      await stage.signIn(7200);
    },
  },
  login: {
    args: MAIN_JOB,
    targets: ["caller", "group", "worker", "worker"],
    spanMs: 900,
    requests: ["/client/register", "/authorize", "/token", "/federation/credentials"],
    prepare: forget,
  },
  init: {
    args: ["init", SESSION, "--all", "--yes"],
    targets: ["caller", "caller", "group"],
    spanMs: 450,
    requests: ["/assignment/accounts", "/assignment/roles", "/assignment/roles"],
    async prepare(stage) {
      await stage.signIn(7200);
      await stage.home.write(".aws/config", CONFIG);
    },
  },
};

/** Signed out, with a config that costs the main job no time. */
async function forget(stage: Stage): Promise<void> {
  await stage.home.write(".aws/config", sessionSection(SESSION));
  for (const path of [rolePath(SESSION, ACCOUNT, ROLE), tokenPath(SESSION)]) {
    await rm(join(stage.home.path, path), { force: true });
  }
}

/** A run that was not killed in time must have succeeded. */
export function expectGood(
  kind: Kind,
  { code, stdout, stderr }: RunResult,
  stage: Stage,
  expect: Expect,
): void {
  expect(code === 0, `exit ${code}: ${stderr.trim()}`);
  if (kind !== "init")
    expect(isGoodOutput(stdout, stage.center), `output ${JSON.stringify(stdout.slice(0, 80))}`);
}

/** Config and backup are each the old or the new one. `finished`: the config is the new one. */
export function expectWholeConfig(stage: Stage, after: string, finished: boolean, expect: Expect): void {
  const config = fileText(stage, ".aws/config");
  expect(config === after || (!finished && config === CONFIG), `config: ${endsOf(config)}`);
  const backup = fileText(stage, ".aws/config.sso-cred.bak");
  const isWhole = backup === CONFIG || backup === after;
  // The run that replaced the config made the backup first.
  expect(isWhole || (backup === undefined && config === CONFIG), `backup: ${endsOf(backup)}`);
}

function endsOf(text: string | undefined): string {
  if (text === undefined) return "none";
  return `${text.length} characters, ${JSON.stringify(text.slice(0, 60))} … ${JSON.stringify(text.slice(-60))}`;
}

export function fileText(stage: Stage, path: string): string | undefined {
  try {
    return readFileSync(join(stage.home.path, path), "utf8");
  } catch {
    return undefined;
  }
}
