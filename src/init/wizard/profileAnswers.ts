import type { Keys } from "../../config/ini.ts";
import { isKind } from "../../errors.ts";
import type { Assignment, Role } from "../../model.ts";
import { cutMiddle } from "../../text/columns.ts";
import { printable } from "../../text/printable.ts";
import { firstOf } from "../../text/words.ts";
import type { CommandFlags } from "../../usage/commandTable.ts";
import { profilesToOffer } from "../plan/adoption.ts";
import { describeConflict } from "../plan/conflicts.ts";
import {
  assertUniqueNames,
  changedName,
  checkTemplate,
  DEFAULT_TEMPLATE,
  profileName,
} from "../plan/names.ts";
import { type CurrentConfig, type Files, roleKey, type SessionKeys } from "../plan/planInput.ts";
import {
  type Asking,
  answer,
  describeNameProblem,
  outputQuestion,
  profileNameQuestion,
  regionQuestion,
} from "./questions.ts";

type ProfileFlags = Pick<CommandFlags<"init">, "region" | "output" | "profile-name" | "adopt">;

export type ProfileAnswers = Awaited<ReturnType<typeof askProfile>>;

interface ProfileFacts extends SessionKeys {
  readonly ssoRegion: string;
  /** The roles to name; empty while they are not known yet. */
  readonly wanted: readonly Assignment[];
  /** True to ask for a name template, however many roles there are. */
  readonly isMany: boolean;
}

/**
 * Asks for region, output format and profile name. At a terminal, region and format of the
 * session's last profile are taken over without a question.
 */
export async function askProfile(
  files: Files,
  { session, sessionKeys, ssoRegion, wanted, isMany }: ProfileFacts,
  flags: ProfileFlags,
  asking: Asking,
) {
  const known = asking.prompts === undefined ? undefined : lastProfile(files, session);
  const region = await inherited(regionQuestion(ssoRegion), flags.region, known?.get("region"), asking);
  const output = await inherited(outputQuestion(), flags.output, known?.get("output"), asking);

  const isTemplate = isMany || wanted.length > 1;
  const [first] = wanted;
  const isAsked = asking.prompts !== undefined && !asking.takesDefaults;
  const isOfFirst = (role: Role) => first !== undefined && roleKey(role) === roleKey(first);
  // Existing SSO profiles of the role, which could be adopted.
  const offered = [...profilesToOffer(files, { session, sessionKeys })].flatMap(([name, role]) =>
    isAsked && !isTemplate && isOfFirst(role) ? [name] : [],
  );
  // The profile of ours that the role already has.
  const [own] = [...files.ours].find(([, each]) => each.session === session && isOfFirst(each)) ?? [];
  const byDefault =
    isTemplate || first === undefined
      ? DEFAULT_TEMPLATE
      : (offered[0] ?? own ?? profileName(DEFAULT_TEMPLATE, first, session));
  // Names from a flag and default names are checked by the plan, where a role may keep its existing
  // profile.
  const isFree = (template: string) =>
    flags.adopt ||
    flags["profile-name"] !== undefined ||
    offered.includes(template) ||
    (isTemplate && template === byDefault);
  const namesBy = (template: string) => wanted.map((role) => profileName(template, role, session));
  const check = (template: string) =>
    templateProblem(template, wanted, session) ??
    (isFree(template) ? undefined : describeConflict(files, namesBy(template), session));
  if (isTemplate && flags["profile-name"] === undefined && isAsked) {
    asking.say("Fields for the profile names: {account_name} {account_id} {role_name} {session}");
  }
  const name = await answer(profileNameQuestion(byDefault, isTemplate, check), flags["profile-name"], asking);
  sayChangedNames(name, wanted, session, asking);
  return {
    region,
    output,
    /** Undefined: default names, and a role that already has a profile keeps its name. */
    nameTemplate: isTemplate && name === byDefault ? undefined : name,
    /** Existing SSO profiles to convert: the typed name is theirs, and they have the same role. */
    adopt: offered.filter((each) => each === name),
  };
}

function sayChangedNames(template: string, wanted: readonly Assignment[], session: string, asking: Asking) {
  const changed = wanted.flatMap((role) => {
    const asked = changedName(template, role, session);
    if (asked === undefined) return [];
    return [`'${cutMiddle(printable(asked, 200), 50)}' is named ${profileName(template, role, session)}`];
  });
  for (const line of firstOf(changed, 10)) asking.say(line);
}

async function inherited(
  question: ReturnType<typeof regionQuestion>,
  given: string | undefined,
  known: string | undefined,
  asking: Asking,
): Promise<string> {
  const isAsked = given !== undefined || known === undefined || asking.takesDefaults;
  if (isAsked || question.check(known) !== undefined) return answer(question, given, asking);
  asking.say(`${question.message.replace(/\[.*/, `[${known}]`)}: ${known}`);
  return known;
}

function lastProfile(current: CurrentConfig, session: string): Keys | undefined {
  const name = [...current.ours].findLast(([, command]) => command.session === session)?.[0];
  return name === undefined ? undefined : current.profiles.get(name);
}

function templateProblem(template: string, wanted: readonly Assignment[], session: string) {
  const isName = !/[{}]/.test(template);
  const problem = isName ? describeNameProblem("profile", template) : undefined;
  if (problem !== undefined) return problem;
  try {
    checkTemplate(template);
    assertUniqueNames(wanted.map((role) => [profileName(template, role, session), role]));
    return undefined;
  } catch (error) {
    if (isKind(error, "usage")) return error.message;
    throw error;
  }
}
