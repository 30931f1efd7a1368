import {
  type ConfigEdit,
  editConfig,
  editedSection,
  isOneLine,
  sectionLines,
  setAsideLines,
} from "../../config/edit.ts";
import { parseConfig, type SectionName } from "../../config/ini.ts";
import type { OurCommand } from "../../config/ourCommand.ts";
import { readsAsEdited } from "../../config/verifyEdit.ts";
import { SsoCredError } from "../../errors.ts";
import type { Role } from "../../model.ts";
import { profilesToAdopt, SSO_KEYS } from "./adoption.ts";
import { canBeWritten, commandLine } from "./command.ts";
import { assertNamesAreFree, assertSessionMatches, isUnclaimed } from "./conflicts.ts";
import { nameWanted } from "./names.ts";
import { readOtherTool } from "./otherTools.ts";
import { type CommandOptions, type Files, type InitOptions, roleKey, roleOfKeys } from "./planInput.ts";

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
  const toAdopt = adopt.length === 0 ? new Map() : profilesToAdopt(files, options);
  const adopted = new Map<string, Role>([...toAdopt].filter(([name]) => isAdopted(name)));
  const named = nameWanted(files, adopted, options);
  const wanted = new Map<string, Role>([...adopted, ...named]);
  assertNamesAreFree(files, [...wanted.keys()], options, adopted);
  const steps = [...profileSteps(files, wanted, adopted, options), ...sessionSteps(files, options)];
  const names = named.map(([name]) => name);
  return planOf(files, steps, names);
}

/** `profiles` are the names to report. */
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
  const steps = oursOf(files, session).map(([name, own]) => revertStep(files, name, own));
  return planOf(files, steps, []);
}

/** Updates the program's path in our profiles, of one session or of all. */
export function planRepair(files: Files, session: string | undefined, command: CommandOptions): Plan {
  const steps = oursOf(files, session).flatMap(([name, own]) =>
    updateSteps(files, name, own, { ...command, session: own.session }),
  );
  return planOf(files, steps, []);
}

function oursOf({ ours }: Files, session: string | undefined): [string, OurCommand][] {
  return [...ours].filter(([, own]) => session === undefined || own.session === session);
}

type Lines = Record<"before" | "after", ReturnType<typeof sectionLines>>;

function describe({ edit, reason }: Step, lines: Lines): PlannedEdit {
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

/** The edit of one section. */
interface Step {
  readonly edit: ConfigEdit;
  readonly reason: string;
}

/** Changes in the order of the file, then adopted and added profiles in that of the options. */
function profileSteps(
  files: Files,
  wanted: ReadonlyMap<string, Role>,
  adopted: ReadonlyMap<string, Role>,
  options: InitOptions,
): Step[] {
  const steps: Step[] = [];
  const assigned = options.keepOnly && new Set(options.keepOnly.map(roleKey));
  for (const [name, command] of files.ours) {
    if (command.session !== options.session || adopted.has(name)) continue;
    const role = wanted.get(name) ?? command;
    if (assigned?.has(roleKey(role)) === false) {
      const reason = `${role.roleName} in ${role.accountId} is no longer assigned`;
      steps.push({ edit: { remove: profile(name) }, reason });
    } else steps.push(...updateSteps(files, name, role, options));
  }
  for (const [name, role] of wanted) {
    const section = profile(name);
    const value = commandLine(options.command, { session: options.session, ...role }, options.platform);
    const entries = Object.entries({ credential_process: value });
    const settings = Object.entries({ region: options.region, output: options.output });
    if (adopted.has(name)) {
      const other = readOtherTool(files.profiles.get(name) ?? new Map());
      const reason = `adopted from ${other === undefined ? "its sso keys" : other.tool}`;
      steps.push({ edit: { setAside: section, keys: SSO_KEYS, entries }, reason });
    } else if (isUnclaimed(files, name)) {
      const missing = settings.filter(([key]) => !files.profiles.get(name)?.get(key));
      const edit = { set: section, entries: [...entries, ...missing] };
      steps.push({ edit, reason: "had no credentials yet" });
    } else if (!files.ours.has(name)) {
      steps.push({ edit: { add: section, entries: [...entries, ...settings] }, reason: NEW });
    }
  }
  return steps;
}

/** A profile of ours gets its original lines, or sso_* keys of the same session and role. */
function revertStep({ configText }: Files, name: string, own: OurCommand): Step {
  const restore = profile(name);
  const keys = ["credential_process"];
  if (isSetAside(configText, restore, own))
    return { edit: { restore, keys }, reason: "back to its own lines" };
  const { session, accountId, roleName } = own;
  const role = { sso_session: session, sso_account_id: accountId, sso_role_name: roleName };
  const edit = { restore, keys: [...keys, ...Object.keys(role)], entries: Object.entries(role) };
  return { edit, reason: "uses sso keys" };
}

/** True if the lines set aside in the profile name its current role. */
function isSetAside(text: string, section: SectionName, role: Role): boolean {
  const lines = setAsideLines(text, section);
  if (lines.length === 0) return false;
  const before = roleOfKeys(parseConfig(["[profile x]", ...lines].join("\n"), "config")[0]?.keys);
  return before === undefined || roleKey(before) === roleKey(role);
}

/**
 * The change of a profile's line for a role; none if the line is equivalent, or the role cannot be
 * written. If only the path is outdated, the rest of the line is kept.
 */
function updateSteps(files: Files, name: string, role: Role, options: SessionCommand): Step[] {
  const command = files.ours.get(name);
  const line = files.profiles.get(name)?.get("credential_process") ?? "";
  if (command === undefined || !canBeWritten(role, options.platform)) return [];
  const change = (value: string, reason: string): Step[] => {
    const entries = Object.entries({ credential_process: value });
    return value === line ? [] : [{ edit: { set: profile(name), entries }, reason }];
  };
  const value = commandLine(options.command, { session: options.session, ...role }, options.platform);
  if (roleKey(command) !== roleKey(role)) {
    return change(value, `was ${command.roleName} in ${command.accountId}`);
  }
  // A bare name is looked up on the PATH, so it is never outdated.
  const isBare = !/[/\\]/.test(command.command);
  if (command.command === options.command || (isBare && !options.isCommandGiven)) return [];
  const first = /^(?:"[^"\\]*"|'[^']*'|[^\s"'\\])+(?=\s)/.exec(line)?.[0];
  const own = /^(?:"[^"]*"|[^\s"])+/.exec(value)?.[0] ?? options.command;
  const isKept = first !== undefined && isOneLine(line);
  return change(isKept ? own + line.slice(first.length) : value, `the command was ${command.command}`);
}

type SessionCommand = CommandOptions & Pick<InitOptions, "session">;

const NEW = "not in the file yet";

function profile(name: string): SectionName {
  return { kind: "profile", name };
}

/** Adds the session or its missing keys. Existing keys are never changed. */
function sessionSteps(files: Files, options: InitOptions): Step[] {
  const section: SectionName = { kind: "sso-session", name: options.session };
  const keys = files.sessions.get(options.session);
  if (keys === undefined) {
    return [{ edit: { add: section, entries: [...options.sessionKeys] }, reason: NEW }];
  }
  // Scopes are part of the registration's cache key, so they are not added to an existing session.
  const isMissing = (key: string) => key !== "sso_registration_scopes" && !keys.get(key);
  const missing = [...options.sessionKeys].filter(([key]) => isMissing(key));
  if (missing.length === 0) return [];
  const reason = `${missing.map(([key]) => key).join(" and ")} was missing`;
  return [{ edit: { set: section, entries: missing }, reason }];
}
