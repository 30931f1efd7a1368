import { readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { rolePath, sessionSection, tokenPath } from "../support/home.ts";
import type { RunResult } from "../support/run.ts";
import type { Expect } from "./report.ts";
import { ACCOUNT, isGoodOutput, ROLE, SESSION, type Stage } from "./stage.ts";

export type Kind = "refresh" | "login" | "write" | "init";
export type Target = "caller" | "group" | "worker";

const MAIN_JOB = [SESSION, "--account-id", ACCOUNT, "--role-name", ROLE];
/**
 * Comments, odd blanks, sections of the person's own: what `init` has to keep. So many of them that the apply, and not the listing before
 * it, is what most kills meet.
 */
const CONFIG = [
  `# mine\n[default]\nregion = eu-central-1 \n\n${sessionSection(SESSION)}`,
  ...Array.from(
    { length: 1000 },
    (_, at) => `[profile mine-${at}]\nregion=eu-west-1 \n# note ${at}\noutput = json\n`,
  ),
].join("\n");

/** What is killed: each kind needs to do its own work and nothing more. */
interface KillKind {
  args: readonly string[];
  targets: readonly Target[];
  /** How long an undisturbed run takes at most, roughly; moments are drawn from a little more. */
  spanMs: number;
  /** Requests after which a kill may be timed. */
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

/** Signed out, and with a config that costs the main job no time. */
async function forget(stage: Stage): Promise<void> {
  await stage.home.write(".aws/config", sessionSection(SESSION));
  for (const path of [rolePath(SESSION, ACCOUNT, ROLE), tokenPath(SESSION)]) {
    await rm(join(stage.home.path, path), { force: true });
  }
}

/** A run that went to its end is as good as ever. */
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

/** A config is the old one or the new one, and so is its backup; `finished`: the new one. */
export function expectWholeConfig(stage: Stage, after: string, finished: boolean, expect: Expect): void {
  const config = fileText(stage, ".aws/config");
  expect(config === after || (!finished && config === CONFIG), `config: ${endsOf(config)}`);
  const backup = fileText(stage, ".aws/config.sso-cred.bak");
  const isWhole = backup === CONFIG || backup === after;
  // What replaced the config made the backup first.
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
