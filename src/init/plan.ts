import { type ConfigEdit, editConfig, type SectionName, sectionLines } from "../config/edit.ts";
import { readsAsEdited } from "../config/verifyEdit.ts";
import { SsoCredError } from "../errors.ts";
import { commandLine } from "./command.ts";
import {
  type CurrentConfig,
  profilesByRole,
  readCurrentConfig,
  roleKey,
  ssoProfileRole,
} from "./currentConfig.ts";
import { DEFAULT_TEMPLATE, profileName, refuseClashes } from "./names.ts";
import { refuseForeign, refuseSessionConflicts, refuseStaticKeys } from "./refusals.ts";
import type { Files, Wishes } from "./wishes.ts";

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
  /** Equal to `before` when there is nothing to do. */
  readonly after: string;
  /** The profiles of the roles in `Wishes.wanted`, in that order. */
  readonly profiles: readonly string[];
}

interface Step {
  readonly action: PlannedEdit["action"];
  readonly section: SectionName;
  readonly reason: string;
  readonly edits: readonly ConfigEdit[];
}

/**
 * What has to change in the config. Pure: the same input gives the same plan, and a plan made from a
 * plan's result is empty.
 *
 * @throws SsoCredError("config") for a profile of that name that is not ours for this session, for keys in the
 * credentials file that would win, and for session keys that contradict the file; "usage" for names that clash.
 */
export function planConfig(files: Files, wishes: Wishes): Plan {
  const current = readCurrentConfig(files.configText);
  refuseSessionConflicts(current, wishes, files.configPath);
  const adopted = wishes.adopt ? adoptable(current, wishes) : new Map<string, Role>();
  const named = nameWanted(current, adopted, wishes);
  const touched = [...new Set([...adopted.keys(), ...named.map(({ name }) => name)])];
  refuseForeign(
    current,
    touched.filter((name) => !adopted.has(name)),
    wishes.session,
    files.configPath,
  );
  refuseStaticKeys(touched, files);

  const wanted = new Map<string, Role>([
    ...adopted,
    ...named.map(({ name, assignment }): [string, Role] => [name, assignment]),
  ]);
  const steps = [...profileSteps(current, wanted, adopted, wishes), ...sessionSteps(current, wishes)];
  const edits = steps.flatMap((step) => step.edits);
  const after = editConfig(files.configText, edits);
  if (!readsAsEdited(files.configText, edits, after)) throw cannotBePlaced(files.configPath);
  return {
    edits: steps.map((step) => describe(step, files.configText, after)),
    before: files.configText,
    after,
    profiles: named.map(({ name }) => name),
  };
}

function cannotBePlaced(path: string): SsoCredError {
  const message = `${path} is laid out so that an edit would change what a line beside it means; put each key on a line without indent`;
  return new SsoCredError("config", message);
}

interface Role {
  readonly accountId: string;
  readonly roleName: string;
}

/** Profiles of the AWS CLI's kind for this session that nothing but their sso keys gives credentials to. */
function adoptable(current: CurrentConfig, { session, keepOnly }: Wishes): Map<string, Role> {
  const assigned = keepOnly && new Set(keepOnly.map(roleKey));
  const found = [...current.profiles].flatMap(([name, keys]): [string, Role][] => {
    const role = ssoProfileRole(keys, session);
    const isOurs = current.ours.get(name)?.session === session;
    const hasOther = OTHER_SOURCES.some((key) => keys.has(key) && !(key === "credential_process" && isOurs));
    // What the next run would prune is not taken in.
    const isLost = role !== undefined && assigned !== undefined && !assigned.has(roleKey(role));
    return role === undefined || hasOther || isLost ? [] : [[name, role]];
  });
  return new Map(found);
}

const OTHER_SOURCES = ["credential_process", "aws_access_key_id", "role_arn", "web_identity_token_file"];
const SSO_KEYS = ["sso_session", "sso_account_id", "sso_role_name", "sso_start_url", "sso_region"];

function nameWanted(current: CurrentConfig, adopted: ReadonlyMap<string, Role>, wishes: Wishes) {
  const having = profilesByRole(current, wishes.session);
  const named = wishes.wanted.map((assignment) => {
    const kept = having
      .get(roleKey(assignment))
      ?.find((name) => current.ours.get(name)?.session === wishes.session || adopted.has(name));
    const template = wishes.nameTemplate ?? DEFAULT_TEMPLATE;
    const name = wishes.nameTemplate === undefined ? kept : undefined;
    return { name: name ?? profileName(template, assignment, wishes.session), assignment };
  });
  refuseClashes(named);
  return named;
}

function profileSteps(
  current: CurrentConfig,
  wanted: ReadonlyMap<string, Role>,
  adopted: ReadonlyMap<string, Role>,
  wishes: Wishes,
): Step[] {
  const steps: Step[] = [];
  const assigned = wishes.keepOnly && new Set(wishes.keepOnly.map(roleKey));
  for (const [name, command] of current.ours) {
    if (command.session !== wishes.session || adopted.has(name)) continue;
    const role = wanted.get(name) ?? command;
    const section: SectionName = { kind: "profile", name };
    if (assigned !== undefined && !assigned.has(roleKey(role))) {
      const reason = `${role.roleName} in ${role.accountId} is not assigned any more`;
      steps.push({ action: "remove", section, reason, edits: [{ remove: section }] });
      continue;
    }
    const line = current.profiles.get(name)?.get("credential_process") ?? "";
    const { value, reason } = updatedLine(line, command, role, wishes);
    if (value === line) continue;
    const edits = [{ set: section, entries: [["credential_process", value]] as const }];
    steps.push({ action: "change", section, reason, edits });
  }
  for (const [name, role] of wanted) {
    const section: SectionName = { kind: "profile", name };
    const value = commandLine(wishes.command, { session: wishes.session, ...role }, wishes.platform);
    if (adopted.has(name)) {
      const edits = [
        { unset: section, keys: SSO_KEYS },
        { set: section, entries: [["credential_process", value]] as const },
      ];
      steps.push({ action: "change", section, reason: "adopted from its sso keys", edits });
    } else if (!current.ours.has(name)) {
      const entries = [
        ["credential_process", value],
        ["region", wishes.region],
        ["output", wishes.output],
      ] as const;
      steps.push({
        action: "add",
        section,
        reason: "not in the file yet",
        edits: [{ add: section, entries }],
      });
    }
  }
  return steps;
}

/** The line for a role; what stands there is kept when it says the same, and its end when only the path is out of date. */
function updatedLine(
  line: string,
  command: Role & { readonly command: string },
  role: Role,
  wishes: Wishes,
): { value: string; reason: string } {
  const value = commandLine(wishes.command, { session: wishes.session, ...role }, wishes.platform);
  if (roleKey(command) !== roleKey(role)) {
    return { value, reason: `was ${command.roleName} in ${command.accountId}` };
  }
  // A bare name is found on the PATH, wherever the program is: never out of date by itself.
  const isBare = !/[/\\]/.test(command.command);
  if (command.command === wishes.command || (isBare && !wishes.isCommandGiven))
    return { value: line, reason: "" };
  const first = /^(?:"[^"\\]*"|'[^']*'|[^\s"'\\]+)(?=\s)/.exec(line)?.[0];
  const own = /^(?:"[^"]*"|\S+)/.exec(value)?.[0] ?? wishes.command;
  const reason = `the command was ${command.command}`;
  const isKept = first !== undefined && !/\p{Cc}/u.test(line);
  return { value: isKept ? own + line.slice(first.length) : value, reason };
}

function sessionSteps(current: CurrentConfig, wishes: Wishes): Step[] {
  const section: SectionName = { kind: "sso-session", name: wishes.session };
  const keys = current.sessions.get(wishes.session);
  if (keys === undefined) {
    const edits = [{ add: section, entries: [...wishes.sessionKeys] }];
    return [{ action: "add", section, reason: "not in the file yet", edits }];
  }
  // Scopes are part of the registration's cache key: an existing session without them stays without.
  const missing = [...wishes.sessionKeys].filter(
    ([key]) => key !== "sso_registration_scopes" && !keys.get(key),
  );
  if (missing.length === 0) return [];
  const reason = `${missing.map(([key]) => key).join(" and ")} was missing`;
  return [{ action: "change", section, reason, edits: [{ set: section, entries: missing }] }];
}

function describe({ action, section, reason }: Step, before: string, after: string): PlannedEdit {
  const { kind, name } = section;
  return {
    action,
    section: kind === "profile" && name === "default" ? "default" : `${kind} ${name}`,
    ...(kind === "profile" && { profile: name }),
    before: action === "add" ? [] : sectionLines(before, section),
    after: action === "remove" ? [] : sectionLines(after, section),
    reason,
  };
}
