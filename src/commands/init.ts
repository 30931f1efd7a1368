import { isatty } from "node:tty";
import { listed } from "../config/session.ts";
import { profilesToOffer } from "../init/plan/adoption.ts";
import { applyPlan } from "../init/plan/applyPlan.ts";
import { checkCommand } from "../init/plan/command.ts";
import { readConfigFiles } from "../init/plan/configFiles.ts";
import {
  assertNoForeignProfiles,
  assertNoStrongerKeys,
  assertSessionMatches,
} from "../init/plan/conflicts.ts";
import { type CurrentConfig, readCurrentConfig } from "../init/plan/currentConfig.ts";
import type { Files, InitOptions } from "../init/plan/initOptions.ts";
import { type Plan, planConfig, planRepair, planRevert } from "../init/plan/plan.ts";
import { countedProfiles, reportPlan } from "../init/plan/report.ts";
import { type Asking, adoptQuestion, answer } from "../init/wizard/questions.ts";
import { askSession } from "../init/wizard/sessionAnswers.ts";
import { ownPath } from "../platform/installation.ts";
import type { System } from "../platform/system.ts";
import { chosenRoles } from "./chosenRoles.ts";
import { type InitFlags, readFlags, sessionFlags } from "./initFlags.ts";
import { personAtTerminal } from "./person.ts";

/** `sso-cred init`: questions (or flags), sign-in, plan, apply. Until the plan is applied nothing is written to the config. */
export async function init(args: readonly string[], system: System): Promise<number> {
  const flags = readFlags(args);
  if (flags.revert) return applyAndReport((files) => planRevert(files, flags.session), flags, system);
  const command = {
    command: flags.command ?? ownPath(),
    isCommandGiven: flags.command !== undefined,
    platform: system.platform,
  };
  checkCommand(command.command, system.platform);
  if (flags.repair)
    return applyAndReport((files) => planRepair(files, flags.session, command), flags, system);

  const somebody = await personAtTerminal(system);
  const asking: Asking = {
    prompts: somebody?.prompts,
    takesDefaults: (flags.yes ?? false) || (flags["dry-run"] ?? false),
    say: (line) => system.writeStderr(`${line}\n`),
  };
  let files = readConfigFiles(system);
  let current = readCurrentConfig(files.configText);
  const answers = await askSession(current, sessionFlags(flags), asking);
  const session = { session: answers.name, sessionKeys: answers.keys };
  // What the plan would refuse in any case is refused before anybody signs in.
  assertSessionMatches(current, session, files.configPath);
  const nothingMore: InitOptions = { ...session, ...command, ...NO_PROFILES };
  if (flags["session-only"]) return applyAndReport((now) => planConfig(now, nothingMore), flags, system);
  if (await wantsToAdopt(files, current, session, flags, asking)) {
    const plan = await applyPlan((now) => planConfig(now, { ...nothingMore, adopt: "all" }), system);
    asking.say(
      `Converted ${countedProfiles(plan.edits.filter(({ profile }) => profile !== undefined).length)}; the way back: sso-cred init --revert`,
    );
    files = readConfigFiles(system);
    current = readCurrentConfig(files.configText);
  }
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
    ...nothingMore,
    wanted,
    ...profile,
    adopt: flags.adopt ? "all" : profile.adopt,
    keepOnly,
  };
  return applyAndReport((now) => planConfig(now, options), flags, system);
}

const NO_PROFILES = {
  wanted: [],
  nameTemplate: undefined,
  region: "",
  output: "",
  adopt: [],
  keepOnly: undefined,
};

async function applyAndReport(
  planFrom: (files: Files) => Plan,
  flags: InitFlags,
  system: System,
): Promise<number> {
  const isDryRun = flags["dry-run"] ?? false;
  const plan = isDryRun ? planFrom(readConfigFiles(system)) : await applyPlan(planFrom, system);
  const style = { isDryRun, isJson: flags.json ?? false, isShown: isatty(1), givenRegion: flags.region };
  reportPlan(plan, style, system);
  return 0;
}

/** Says which profiles of the session are still of the old kind, and offers to convert them. */
async function wantsToAdopt(
  files: Files,
  current: CurrentConfig,
  session: Pick<InitOptions, "session" | "sessionKeys">,
  flags: InitFlags,
  asking: Asking,
): Promise<boolean> {
  if (asking.prompts === undefined || asking.takesDefaults || flags.adopt || flags.json) return false;
  const names = [...profilesToOffer(current, session, files).keys()];
  if (names.length === 0) return false;
  const verb = names.length === 1 ? "gets" : "get";
  asking.say(
    `${countedProfiles(names.length)} ${verb} credentials of this session in another way: ${listed(names)}`,
  );
  return /^y/i.test(await answer(adoptQuestion(), undefined, asking));
}
