import { isatty } from "node:tty";
import { applyPlan } from "../init/plan/applyPlan.ts";
import { checkCommand } from "../init/plan/command.ts";
import { readConfigFiles } from "../init/plan/configFiles.ts";
import {
  assertNoForeignProfiles,
  assertNoStrongerKeys,
  assertSessionMatches,
} from "../init/plan/conflicts.ts";
import { readCurrentConfig } from "../init/plan/currentConfig.ts";
import type { InitOptions } from "../init/plan/initOptions.ts";
import { planConfig } from "../init/plan/plan.ts";
import { reportPlan } from "../init/plan/report.ts";
import type { Asking } from "../init/wizard/questions.ts";
import { askSession } from "../init/wizard/sessionAnswers.ts";
import { ownPath } from "../platform/installation.ts";
import type { System } from "../platform/system.ts";
import { chosenRoles } from "./chosenRoles.ts";
import { readFlags, sessionFlags } from "./initFlags.ts";
import { personAtTerminal } from "./person.ts";

/** `sso-cred init`: questions (or flags), sign-in, plan, apply. Until the plan is applied nothing is written to the config. */
export async function init(args: readonly string[], system: System): Promise<number> {
  const flags = readFlags(args);
  const command = flags.command ?? ownPath();
  checkCommand(command, system.platform);
  const files = readConfigFiles(system);
  const current = readCurrentConfig(files.configText);
  const somebody = await personAtTerminal(system);
  const asking: Asking = {
    prompts: somebody?.prompts,
    takesDefaults: (flags.yes ?? false) || (flags["dry-run"] ?? false),
    say: (line) => system.writeStderr(`${line}\n`),
  };
  const answers = await askSession(current, sessionFlags(flags), asking);
  // What the plan would refuse in any case is refused before anybody signs in.
  assertSessionMatches(current, { session: answers.name, sessionKeys: answers.keys }, files.configPath);
  const name = flags["profile-name"];
  if (name !== undefined && !/[{}]/.test(name) && !flags.adopt) {
    assertNoForeignProfiles(current, [name], answers.name, files.configPath);
    assertNoStrongerKeys([name], files);
  }
  const { wanted, keepOnly, profile } = await chosenRoles({
    flags,
    files,
    current,
    answers,
    asking,
    somebody,
    system,
  });

  const options: InitOptions = {
    session: answers.name,
    sessionKeys: answers.keys,
    wanted,
    ...profile,
    command,
    isCommandGiven: flags.command !== undefined,
    platform: system.platform,
    adopt: flags.adopt ?? false,
    keepOnly,
  };
  const isDryRun = flags["dry-run"] ?? false;
  const plan = isDryRun ? planConfig(readConfigFiles(system), options) : await applyPlan(options, system);
  reportPlan(
    plan,
    options,
    {
      isDryRun,
      isJson: flags.json ?? false,
      isShown: isatty(1),
      isRegionGiven: flags.region !== undefined,
    },
    system,
  );
  return 0;
}
