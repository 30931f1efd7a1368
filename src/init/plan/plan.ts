import { editConfig, editedSection, sectionLines } from "../../config/edit.ts";
import { readsAsEdited } from "../../config/verifyEdit.ts";
import { SsoCredError } from "../../errors.ts";
import type { Assignment, Role } from "../../model.ts";
import { profilesToAdopt } from "./adoption.ts";
import { assertNoForeignProfiles, assertNoStrongerKeys, assertSessionMatches } from "./conflicts.ts";
import { assertUniqueNames, DEFAULT_TEMPLATE, profileName } from "./names.ts";
import { type CommandOptions, type Files, type InitOptions, profilesByRole, roleKey } from "./planInput.ts";
import { profileSteps, repairSteps, revertSteps, type Step, sessionSteps } from "./planSteps.ts";

export interface PlannedEdit {
  readonly action: "add" | "change" | "remove";
  /** The section's name in the file: `profile dev`, `default`, `sso-session my-sso`. */
  readonly section: string;
  /** Absent for a session. */
  readonly profile?: string;
  /** The section's lines as they are and as they will be; empty when there is none. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly reason: string;
}

export interface Plan {
  readonly edits: readonly PlannedEdit[];
  readonly before: string;
  /** Equal to `before` if there is nothing to do. */
  readonly after: string;
  /** The profiles of the roles in `InitOptions.wanted`, in that order. */
  readonly profiles: readonly string[];
}

/**
 * Computes what has to change in the config. Pure and idempotent: planning again from the result
 * gives an empty plan.
 * @throws SsoCredError("config") for a profile of that name that is not ours for this session, for
 * keys in the credentials file that would win, and for session keys that contradict the file;
 * "usage" for names that clash.
 */
export function planConfig(files: Files, options: InitOptions): Plan {
  assertSessionMatches(files, options);
  const { adopt } = options;
  const isAdopted = (name: string) => adopt === "all" || adopt.includes(name);
  const adoptable = adopt.length === 0 ? new Map() : profilesToAdopt(files, options);
  const adopted = new Map<string, Role>([...adoptable].filter(([name]) => isAdopted(name)));
  const named = nameWanted(files, adopted, options);
  const wanted = new Map<string, Role>([...adopted, ...named]);
  const touched = [...wanted.keys()];
  const others = touched.filter((name) => !adopted.has(name));
  assertNoForeignProfiles(files, others, options);
  assertNoStrongerKeys(touched, files);
  const steps = [...profileSteps(files, wanted, adopted, options), ...sessionSteps(files, options)];
  const names = named.map(([name]) => name);
  return planOf(files, steps, names);
}

/** Builds a plan of these steps. `profiles` are the names to report. */
function planOf(files: Files, steps: readonly Step[], profiles: readonly string[]): Plan {
  const edits = steps.map((step) => step.edit);
  const after = editConfig(files.configText, edits);
  if (!readsAsEdited(files.configText, edits, after)) {
    const message = `${files.configPath} is laid out so that an edit would change the meaning of a neighbouring line; put each key on a line without indent`;
    throw new SsoCredError("config", message);
  }
  const lines = { before: sectionLines(files.configText), after: sectionLines(after) };
  return { edits: steps.map((step) => describe(step, lines)), before: files.configText, after, profiles };
}

/** Turns our profiles, of one session or all, back into sso_* ones with the lines set aside. */
export function planRevert(files: Files, session: string | undefined): Plan {
  return planOf(files, revertSteps(files, session), []);
}

/** Updates the program's path in our profiles, of one session or of all. */
export function planRepair(files: Files, session: string | undefined, command: CommandOptions): Plan {
  return planOf(files, repairSteps(files, session, command), []);
}

/** Each wanted role with its profile's name: the one that it has, unless a template is given. */
function nameWanted(files: Files, adopted: ReadonlyMap<string, Role>, options: InitOptions) {
  const { session, nameTemplate, wanted } = options;
  const having = profilesByRole(files, session);
  const isKept = (name: string) => files.ours.get(name)?.session === session || adopted.has(name);
  const named = wanted.map((role): [string, Assignment] => {
    const kept = having.get(roleKey(role))?.find(({ name }) => isKept(name));
    const current = nameTemplate === undefined ? kept?.name : undefined;
    return [current ?? profileName(nameTemplate ?? DEFAULT_TEMPLATE, role, session), role];
  });
  assertUniqueNames(named);
  return named;
}

type Lines = ReturnType<typeof sectionLines>;

function describe({ edit, reason }: Step, lines: { before: Lines; after: Lines }): PlannedEdit {
  const action = "add" in edit ? "add" : "remove" in edit ? "remove" : "change";
  const section = editedSection(edit);
  const { kind, name } = section;
  return {
    action,
    section: kind === "profile" && name === "default" ? "default" : `${kind} ${name}`,
    ...(kind === "profile" && { profile: name }),
    before: action === "add" ? [] : lines.before(section),
    after: action === "remove" ? [] : lines.after(section),
    reason,
  };
}
