import { loadConfig } from "../config/configFile.ts";
import { readSession, sessionArgument } from "../config/session.ts";
import { shownHeader } from "../config/slips.ts";
import { SsoCredError } from "../errors.ts";
import { canBeWritten } from "../init/plan/command.ts";
import { newSessionFlags } from "../init/plan/conflicts.ts";
import { type Files, type InitOptions, profileRoles, type SessionKeys } from "../init/plan/planInput.ts";
import { askProfile, type ProfileAnswers } from "../init/wizard/profileAnswers.ts";
import type { Asking } from "../init/wizard/questions.ts";
import { askRoles, noAccounts } from "../init/wizard/roleAnswers.ts";
import type { Inventory } from "../inventory/inventory.ts";
import { namedAccounts, selectedRoles } from "../inventory/selectedRoles.ts";
import type { Assignment, Role, SsoSession } from "../model.ts";
import type { System } from "../platform/system.ts";
import { printable } from "../text/printable.ts";
import type { CommandFlags } from "../usage/commandTable.ts";
import { withInventory } from "./openPortal.ts";

interface Choosing {
  readonly flags: CommandFlags<"init">;
  readonly files: Files;
  readonly answers: SessionKeys;
  readonly asking: Asking;
  readonly system: System;
}

interface Chosen extends Pick<InitOptions, "wanted" | "keepOnly"> {
  /** Undefined for a run that adds no profiles. */
  readonly profile?: ProfileAnswers | undefined;
}

/** The roles that get a profile, and its settings. Signs in only to ask the portal. */
export async function chosenRoles(choosing: Choosing): Promise<Chosen> {
  const { flags, files, answers, asking, system } = choosing;
  const { "account-id": accountId, "role-name": roleName, "profile-name": template } = flags;
  const isMany = flags.all || flags.accounts !== undefined || flags.roles !== undefined;
  // Alone, --adopt and --prune add no profiles.
  const isUpkeep = (flags.adopt || flags.prune) && !isMany && !accountId && !roleName && !template;
  const session = sessionOf(choosing);
  const facts = { ...answers, ssoRegion: session.region, isMany };
  const profileFor = (wanted: readonly Assignment[], to = asking) =>
    askProfile(files, { ...facts, wanted }, flags, to);

  // Without a terminal, fail on an open question before the sign-in. Remarks are made afterwards.
  if (asking.prompts === undefined && !isUpkeep) await profileFor([], { ...asking, say() {} });
  if (isUpkeep && !flags.prune) return { wanted: [] };
  const isNamed = /\{account_name\}/.test(template ?? "");
  if (!isMany && accountId !== undefined && roleName !== undefined && !flags.prune && !isNamed) {
    const wanted = [{ accountId, roleName, accountName: accountId, emailAddress: "" }];
    return { wanted, profile: await profileFor(wanted) };
  }

  // An old listing never decides what to remove.
  const isFresh = flags.refresh || flags.prune || false;
  const before = writeSessionFirst(files, answers);
  const listing = { isAttended: asking.prompts !== undefined, flags, before, isFresh };
  return await withInventory(session, listing, system, async (list) => {
    const keepOnly = flags.prune ? await rolesToKeep(list, choosing) : undefined;
    if (isUpkeep) return { wanted: [], keepOnly };
    const wanted = isMany
      ? await selected(list, choosing)
      : await askRoles(list, answers.session, flags, asking);
    return { wanted, keepOnly, profile: await profileFor(wanted) };
  });
}

/**
 * The roles whose profiles `--prune` keeps. An empty list of accounts is an error, not a reason to
 * remove everything. Profiles of an account whose roles cannot be listed are kept.
 */
async function rolesToKeep(list: Inventory, { files, answers, asking }: Choosing): Promise<Role[]> {
  const accounts = await list.accounts();
  if (accounts.length === 0) throw noAccounts(answers.session);
  const { assignments, unlisted } = await list.assignments(accounts);
  const unknown = new Set(unlisted.map(({ accountId }) => accountId));
  const spared = profileRoles(files, answers.session).filter(({ accountId }) => unknown.has(accountId));
  const told = unlisted.filter((account) => spared.some(({ accountId }) => accountId === account.accountId));
  const which = `the profiles of ${namedAccounts(told)}, whose roles the portal does not list`;
  if (told.length > 0) asking.say(`Left as they are: ${which}.`);
  return [...assignments, ...spared];
}

async function selected(list: Inventory, { flags, answers, asking, system }: Choosing) {
  const session = sessionArgument(answers.session);
  const report = { say: asking.say, logoutArguments: session };
  const selection = { ...flags, accountId: flags["account-id"], roleName: flags["role-name"] };
  const all = await selectedRoles(list, selection, report);
  const wanted = all.filter((assignment) => canBeWritten(assignment, system.platform));
  const unwritable = all.filter((assignment) => !wanted.includes(assignment));
  for (const { accountId, roleName } of unwritable.slice(0, 10)) {
    const what = `the role name '${printable(roleName, 64)}' in ${accountId}`;
    asking.say(`Left out: ${what} cannot be written to a config.`);
  }
  if (wanted.length > 0) return wanted;
  const message = "no account and role that is assigned to you matches the request";
  throw new SsoCredError("access-denied", message, { remedy: { run: `sso-cred list ${session}` } });
}

/** The beginning of a command that needs this session, if it is not in the config yet; else "". */
export function writeSessionFirst(files: Files, answers: SessionKeys): string {
  const flags = newSessionFlags(files, answers);
  if (flags.length === 0) return "";
  return `${["sso-cred init", sessionArgument(answers.session), "--session-only", ...flags].join(" ")} && `;
}

/** The session as it is in the config, or will be after this run. */
function sessionOf({ answers, files, system }: Choosing): SsoSession {
  const { session: name, sessionKeys } = answers;
  const keys = new Map([...(files.sessions.get(name) ?? []), ...sessionKeys]);
  const header = shownHeader("sso-session", name);
  return readSession({ config: loadConfig(system), name, keys, header }, system);
}
