import { existsSync } from "node:fs";
import { shownHeader } from "../../config/slips.ts";
import { configPath } from "../../hit/paths.ts";
import { prose, terminalColumns } from "../../platform/output.ts";
import type { System } from "../../platform/system.ts";
import { columnsOf } from "../../text/columns.ts";
import { shellWord } from "../../text/commandWords.ts";
import { printable, printableJson } from "../../text/printable.ts";
import { firstOf } from "../../text/words.ts";
import { unifiedDiff } from "./diff.ts";
import type { Plan, PlannedEdit } from "./plan.ts";
import { readCurrentConfig } from "./planInput.ts";
import { backupPath } from "./writeConfig.ts";

interface ReportStyle {
  readonly isDryRun: boolean;
  readonly isJson: boolean;
  /** The region given by a flag; profiles that keep another one are reported. */
  readonly givenRegion?: string | undefined;
}

const DONE = { add: "added", change: "changed", remove: "removed" };

/** The plan as a diff or as JSON on stdout, remarks on stderr. */
export function reportPlan(plan: Plan, style: ReportStyle, system: System): void {
  const path = configPath(system);
  const isDone = plan.after === plan.before;
  if (style.isJson) {
    system.writeStdout(printableJson(asData(plan, path, style)));
    return;
  }
  if (isDone) system.writeStdout(prose(1, `Nothing to change: ${path} is up to date.\n`));
  else if (style.isDryRun) {
    const diffStyle = { isNew: !existsSync(path), isShown: terminalColumns(1) !== undefined };
    system.writeStdout(`${unifiedDiff(plan.before, plan.after, path, diffStyle)}${summary(plan)}\n`);
  } else {
    for (const line of remarks(plan.edits)) system.writeStderr(prose(2, `${line}\n`));
    const sections = plan.edits.map((edit) => `[${printable(edit.section, 80)}] ${DONE[edit.action]}`);
    const hasProfile = plan.edits.some(({ profile }) => profile !== undefined);
    const outcome = hasProfile ? summary(plan, Object.values(DONE)) : sections.join(", ");
    system.writeStdout(prose(1, `${path}: ${outcome}\n`));
    if (plan.before !== "") system.writeStdout(prose(1, `Backup: ${backupPath(path)}\n`));
  }
  for (const line of keptRegions(plan, style.givenRegion)) system.writeStderr(prose(2, `${line}\n`));
  if (!style.isDryRun) system.writeStdout(usage(plan.profiles, system.platform));
}

/** Counts profiles: `3 to add, 1 to change, 0 to remove`. */
export function summary({ edits }: Plan, verbs = ["to add", "to change", "to remove"]): string {
  const actions = ["add", "change", "remove"] as const;
  return actions.map((action, at) => `${countOf(edits, action)} ${verbs[at]}`).join(", ");
}

function countOf(edits: readonly PlannedEdit[], action: PlannedEdit["action"]): number {
  return edits.filter((edit) => edit.profile !== undefined && edit.action === action).length;
}

function asData(plan: Plan, path: string, { isDryRun }: ReportStyle) {
  return {
    config: path,
    applied: !isDryRun && plan.after !== plan.before,
    add: countOf(plan.edits, "add"),
    change: countOf(plan.edits, "change"),
    remove: countOf(plan.edits, "remove"),
    profiles: plan.profiles,
    edits: plan.edits,
  };
}

/** One line with the reason for each change and removal. Additions need none. */
function remarks(edits: readonly PlannedEdit[]): string[] {
  const lines = edits
    .filter(({ action }) => action !== "add")
    .map(
      ({ action, section, reason }) =>
        `${DONE[action]} [${printable(section, 80)}]: ${printable(reason, 200)}`,
    );
  return firstOf(lines, 20);
}

/** Profiles that keep their own region although a flag named another one. */
function keptRegions(plan: Plan, given: string | undefined): string[] {
  if (given === undefined) return [];
  const { profiles } = readCurrentConfig(plan.after);
  return plan.profiles.flatMap((name) => {
    const region = profiles.get(name)?.get("region");
    return region === undefined || region === given
      ? []
      : [`${shownHeader("profile", name)} keeps its region ${printable(region, 40)}`];
  });
}

/** The closing words of `aws configure sso`, for at most three profiles. */
function usage(profiles: readonly string[], platform: NodeJS.Platform): string {
  if (profiles.length === 0) return "";
  if (profiles.length === 1 && profiles[0] === "default")
    return "\nTo use the default profile, no option is needed:\n\naws s3 ls\n";
  const what = profiles.length === 1 ? "this profile" : "these profiles";
  const commands = profiles.slice(0, 3).map((name) => commandFor(shellWord(name), platform));
  const sentence = `\nTo use ${what}, specify the profile name using --profile, as shown:\n\n`;
  return prose(1, sentence) + commands.join("");
}

/** Breaks a command that is too long for the terminal. A shell still reads it as one. */
function commandFor(profile: string, platform: NodeJS.Platform): string {
  const [call, option] = ["aws s3 ls", `--profile ${profile}`];
  const isLong = columnsOf(`${call} ${option}`) > (terminalColumns(1) ?? Infinity);
  return `${call}${isLong && platform !== "win32" ? " \\\n  " : " "}${option}\n`;
}
