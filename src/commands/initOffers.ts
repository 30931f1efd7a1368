import { isatty } from "node:tty";
import { listed } from "../config/session.ts";
import { SsoCredError } from "../errors.ts";
import { profilesToOffer } from "../init/plan/adoption.ts";
import { type Files, readConfigFiles } from "../init/plan/currentConfig.ts";
import type { InitOptions } from "../init/plan/initOptions.ts";
import { planConfig } from "../init/plan/plan.ts";
import { countedProfiles, reportPlan } from "../init/plan/report.ts";
import { type Asking, adoptQuestion, answer, applyQuestion } from "../init/wizard/questions.ts";
import type { System } from "../platform/system.ts";
import type { InitFlags } from "./initFlags.ts";

/** Names the existing SSO profiles of the session and offers to convert them. */
export async function wantsToAdopt(
  files: Files,
  session: Pick<InitOptions, "session" | "sessionKeys">,
  flags: InitFlags,
  asking: Asking,
): Promise<boolean> {
  if (asking.prompts === undefined || asking.takesDefaults || flags.adopt || flags.json) return false;
  const names = [...profilesToOffer(files, session).keys()];
  if (names.length === 0) return false;
  const verb = names.length === 1 ? "gets" : "get";
  asking.say(
    `${countedProfiles(names.length)} ${verb} credentials of this session in another way: ${listed(names)}`,
  );
  return /^y/i.test(await answer(adoptQuestion(), undefined, asking));
}

/**
 * Shows the plan of `--all` and `--prune` to a person, and asks before it is written.
 *
 * @throws SsoCredError("cancelled") if the person declines.
 */
export async function confirmPlan(
  options: InitOptions,
  flags: InitFlags,
  asking: Asking,
  system: System,
): Promise<void> {
  if (!(flags.all || flags.prune) || asking.prompts === undefined || asking.takesDefaults || flags.json)
    return;
  const plan = planConfig(readConfigFiles(system), options);
  if (plan.after === plan.before) return;
  reportPlan(plan, { isDryRun: true, isJson: false, isShown: isatty(1) }, system);
  const removes = plan.edits.some(({ action }) => action === "remove");
  if (/^y/i.test(await answer(applyQuestion(removes), undefined, asking))) return;
  throw new SsoCredError("cancelled", "cancelled");
}
