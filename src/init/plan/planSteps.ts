import { type ConfigEdit, isOneLine, setAsideLines } from "../../config/edit.ts";
import { parseConfig, type SectionName } from "../../config/ini.ts";
import type { Role } from "../../model.ts";
import { SSO_KEYS } from "./adoption.ts";
import { canBeWritten, commandLine } from "./command.ts";
import { isUnclaimed } from "./conflicts.ts";
import { readOtherTool } from "./otherTools.ts";
import { type CommandOptions, type Files, type InitOptions, roleKey, roleOfKeys } from "./planInput.ts";

/** The edit of one section. */
export interface Step {
  readonly edit: ConfigEdit;
  readonly reason: string;
}

/** Changes in the order of the file, then adopted and added profiles in that of the options. */
export function profileSteps(
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

/** One step for each profile of ours that does not run this program. */
export function repairSteps(files: Files, session: string | undefined, command: CommandOptions) {
  return [...files.ours].flatMap(([name, own]) =>
    session !== undefined && own.session !== session
      ? []
      : updateSteps(files, name, own, { ...command, session: own.session }),
  );
}

/** Each profile of ours gets its original lines, or sso_* keys of the same session and role. */
export function revertSteps({ ours, configText }: Files, session: string | undefined): Step[] {
  return [...ours].flatMap(([name, command]): Step[] => {
    if (session !== undefined && command.session !== session) return [];
    const section = profile(name);
    if (isSetAside(configText, section, command)) {
      const edit = { restore: section, keys: ["credential_process"] };
      return [{ edit, reason: "back to its own lines" }];
    }
    const { accountId, roleName } = command;
    const role = { sso_session: command.session, sso_account_id: accountId, sso_role_name: roleName };
    const keys = ["credential_process", ...Object.keys(role)];
    const edit = { restore: section, keys, entries: Object.entries(role) };
    return [{ edit, reason: "uses sso keys" }];
  });
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
export function sessionSteps(files: Files, options: InitOptions): Step[] {
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
