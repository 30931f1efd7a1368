import { parseArgs } from "node:util";
import { loadConfig } from "../config/configFile.ts";
import { readSession } from "../config/session.ts";
import { SsoCredError } from "../errors.ts";
import { applyPlan } from "../init/applyPlan.ts";
import { type Assignment, isSelectedAccount, isSelectedRole, type Selection } from "../init/assignment.ts";
import { callPath, canBeWritten, checkCommand } from "../init/command.ts";
import { readConfigFiles } from "../init/configFiles.ts";
import { type CurrentConfig, readCurrentConfig } from "../init/currentConfig.ts";
import type { Inventory } from "../init/inventory.ts";
import { planConfig } from "../init/plan.ts";
import { askProfile, type ProfileAnswers } from "../init/profileAnswers.ts";
import type { Asking } from "../init/questions.ts";
import { reportPlan } from "../init/report.ts";
import { askRoles, noAccounts } from "../init/roleAnswers.ts";
import { askSession, type SessionAnswers } from "../init/sessionAnswers.ts";
import type { Wishes } from "../init/wishes.ts";
import type { SsoSession } from "../sso/types.ts";
import type { System } from "../system/system.ts";
import { printable } from "../text.ts";
import { withInventory } from "./openPortal.ts";
import { type Person, personAtTerminal, progressLine } from "./person.ts";

export const initOptions = {
  "sso-session": { type: "string" },
  "start-url": { type: "string" },
  "sso-region": { type: "string" },
  scopes: { type: "string" },
  "account-id": { type: "string" },
  "role-name": { type: "string" },
  region: { type: "string" },
  output: { type: "string" },
  "profile-name": { type: "string" },
  all: { type: "boolean" },
  accounts: { type: "string", multiple: true },
  roles: { type: "string", multiple: true },
  prune: { type: "boolean" },
  adopt: { type: "boolean" },
  command: { type: "string" },
  yes: { type: "boolean" },
  "dry-run": { type: "boolean" },
  json: { type: "boolean" },
  "use-device-code": { type: "boolean" },
  "no-browser": { type: "boolean" },
} as const;

type Flags = ReturnType<typeof readFlags>;

/**
 * `sso-cred init`: questions (or flags), sign-in, plan, apply. Until the plan is applied nothing is written to the config.
 * `person` is who can be asked; by default whoever sits at the terminal.
 */
export async function init(
  args: readonly string[],
  system: System,
  person: (system: System) => Promise<Person | undefined> = personAtTerminal,
): Promise<number> {
  const flags = readFlags(args);
  const command = flags.command ?? ownPath(system);
  checkCommand(command, system.platform);
  const current = readCurrentConfig(readConfigFiles(system).configText);
  const somebody = await person(system);
  const asking: Asking = {
    prompts: somebody?.prompts,
    takesDefaults: (flags.yes ?? false) || (flags["dry-run"] ?? false),
    say: (line) => system.writeStderr(`${line}\n`),
  };
  const answers = await askSession(current, sessionFlags(flags), asking);
  const { wanted, keepOnly, profile } = await chosenRoles({
    flags,
    current,
    answers,
    asking,
    somebody,
    system,
  });

  const wishes: Wishes = {
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
  const plan = isDryRun ? planConfig(readConfigFiles(system), wishes) : await applyPlan(wishes, system);
  reportPlan(
    plan,
    wishes,
    { isDryRun, isJson: flags.json ?? false, isRegionGiven: flags.region !== undefined },
    system,
  );
  return 0;
}

function readFlags(args: readonly string[]) {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: initOptions,
    allowPositionals: true,
  });
  const session = values["sso-session"] ?? positionals[0];
  if (positionals.length > (values["sso-session"] === undefined ? 1 : 0)) {
    throw new SsoCredError("usage", "name one session", { remedy: { run: "sso-cred init --help" } });
  }
  const accountId = values["account-id"];
  if (accountId !== undefined && !/^\d{12}$/.test(accountId)) {
    throw new SsoCredError("usage", `--account-id ${printable(accountId, 40)}: an account id has 12 digits`);
  }
  for (const flag of ["role-name", "profile-name", "command", "region", "output"] as const) {
    if (values[flag]?.trim() === "") throw new SsoCredError("usage", `--${flag} is empty`);
  }
  return { ...values, session };
}

function sessionFlags(flags: Flags) {
  return {
    session: flags.session,
    startUrl: flags["start-url"],
    ssoRegion: flags["sso-region"],
    scopes: flags.scopes,
  };
}

interface Choosing {
  readonly flags: Flags;
  readonly current: CurrentConfig;
  readonly answers: SessionAnswers;
  readonly asking: Asking;
  readonly somebody: Person | undefined;
  readonly system: System;
}

type Chosen = Pick<Wishes, "wanted" | "keepOnly"> & { readonly profile: ProfileAnswers };

/** Signs in only when the portal has to be asked: account and role may both be given. */
async function chosenRoles(choosing: Choosing): Promise<Chosen> {
  const { flags, asking, somebody, system } = choosing;
  const { accountId, roleName, isMany, isUpkeep } = modeOf(flags);
  const session = sessionOf(choosing);
  const facts = { session: choosing.answers.name, ssoRegion: session.region, isMany };
  const profileFlags = { region: flags.region, output: flags.output, profileName: flags["profile-name"] };
  const profileFor = (wanted: readonly Assignment[]) =>
    askProfile(choosing.current, { ...facts, wanted }, profileFlags, asking);

  // Without anybody to ask, an open question must not wait until after the sign-in.
  if (asking.prompts === undefined && !isUpkeep) await profileFor([]);
  if (isUpkeep && !flags.prune) return { wanted: [], keepOnly: undefined, profile: UPKEEP };
  const isNamed = /\{account_name\}/.test(flags["profile-name"] ?? "");
  if (!isMany && accountId !== undefined && roleName !== undefined && !flags.prune && !isNamed) {
    const wanted = [{ accountId, roleName, accountName: accountId, emailAddress: "" }];
    return { wanted, keepOnly: undefined, profile: await profileFor(wanted) };
  }

  const progress = progressLine(system);
  const signIn = {
    isAttended: somebody !== undefined,
    useDeviceCode: flags["use-device-code"] ?? false,
    browser: !flags["no-browser"],
  };
  try {
    return await withInventory(session, signIn, system, progress.show, async (list) => {
      const everything = flags.prune ? await allAssignments(list, facts.session) : undefined;
      progress.clear();
      const wanted = isUpkeep
        ? []
        : isMany
          ? await selected(list, selectionOf(flags), asking, system)
          : await askRoles(
              list,
              { session: facts.session, accountId, roleName },
              somebody?.columns ?? 80,
              asking,
            );
      progress.clear();
      return { wanted, keepOnly: everything, profile: isUpkeep ? UPKEEP : await profileFor(wanted) };
    });
  } finally {
    progress.clear();
  }
}

/** Nothing is added: neither is used. */
const UPKEEP: ProfileAnswers = { region: "", output: "", nameTemplate: undefined };

function modeOf(flags: Flags) {
  const { "account-id": accountId, "role-name": roleName } = flags;
  const isMany = (flags.all ?? false) || flags.accounts !== undefined || flags.roles !== undefined;
  const asksForProfile =
    isMany || accountId !== undefined || roleName !== undefined || flags["profile-name"] !== undefined;
  return {
    accountId,
    roleName,
    isMany,
    isUpkeep: ((flags.prune ?? false) || (flags.adopt ?? false)) && !asksForProfile,
  };
}

function selectionOf(flags: Flags): Selection {
  return {
    accounts: flags.accounts ?? [],
    roles: flags.roles ?? [],
    accountId: flags["account-id"],
    roleName: flags["role-name"],
  };
}

/** A portal that lists nothing at all is no reason to prune everything. */
async function allAssignments(list: Inventory, session: string): Promise<Assignment[]> {
  const accounts = await list.accounts();
  if (accounts.length === 0) throw noAccounts(session);
  return list.assignments(accounts);
}

async function selected(
  list: Inventory,
  selection: Selection,
  asking: Asking,
  system: System,
): Promise<Assignment[]> {
  const accounts = (await list.accounts()).filter((account) => isSelectedAccount(selection, account));
  const all = (await list.assignments(accounts)).filter(({ roleName }) =>
    isSelectedRole(selection, roleName),
  );
  const wanted = all.filter((assignment) => canBeWritten(assignment, system.platform));
  for (const { accountId, roleName } of all
    .filter((assignment) => !wanted.includes(assignment))
    .slice(0, 10)) {
    asking.say(
      `Left out: the role name '${printable(roleName, 64)}' in ${accountId} cannot be written to a config.`,
    );
  }
  if (wanted.length === 0) {
    throw new SsoCredError(
      "access-denied",
      "no account and role that is assigned to you matches what was asked for",
      {
        remedy: { run: "sso-cred list" },
      },
    );
  }
  return wanted;
}

/** The session as the config has it, or will have it. */
function sessionOf({ answers, current, system }: Choosing): SsoSession {
  const config = loadConfig(system);
  const keys = new Map([...(current.sessions.get(answers.name) ?? []), ...answers.keys]);
  return readSession(
    { config, name: answers.name, keys, header: `[sso-session ${printable(answers.name)}]` },
    system,
  );
}

function ownPath(system: System): string {
  const { isSea } = process.getBuiltinModule("node:sea");
  const [node, script] = process.argv as [string, string];
  const { env, platform } = system;
  const cwd = process.cwd();
  return isSea()
    ? callPath({ argv0: process.argv0, execPath: process.execPath, cwd, env, platform })
    : (script ?? node);
}
