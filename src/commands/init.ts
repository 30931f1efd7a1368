import { loadConfig } from "../config/configFile.ts";
import { listed, noSection } from "../config/session.ts";
import { type ErrorKind, isKind, SsoCredError, usageError } from "../errors.ts";
import { profilesToOffer } from "../init/plan/adoption.ts";
import { checkCommand } from "../init/plan/command.ts";
import { assertNamesAreFree, assertSessionMatches } from "../init/plan/conflicts.ts";
import { type Plan, planConfig, planRepair, planRevert } from "../init/plan/plan.ts";
import {
  type CommandOptions,
  type Files,
  type InitOptions,
  readConfigFiles,
  type SessionKeys,
} from "../init/plan/planInput.ts";
import { reportPlan } from "../init/plan/report.ts";
import { applyPlan } from "../init/plan/writeConfig.ts";
import { promptsAtTerminal } from "../init/wizard/promptsAtTerminal.ts";
import { type Asking, confirms } from "../init/wizard/questions.ts";
import { askSession, askSessionAgain } from "../init/wizard/sessionAnswers.ts";
import { isAccountId } from "../model.ts";
import { ownPath } from "../platform/installation.ts";
import { prose } from "../platform/output.ts";
import type { System } from "../platform/system.ts";
import { removeFormerRoles } from "../signIn/formerRoles.ts";
import { shellWord } from "../text/commandWords.ts";
import { printableWithHidden } from "../text/printable.ts";
import { counted } from "../text/words.ts";
import { parseFlags } from "../usage/commandTable.ts";
import { chosenRoles, writeSessionFirst } from "./chosenRoles.ts";
import { SignInCancelled } from "./login.ts";

/** `sso-cred init`: questions or flags, sign-in, plan. Only the last step writes the config. */
export async function init(args: readonly string[], system: System): Promise<number> {
  const flags = readFlags(args);
  if (flags.revert || flags.repair) assertKnownSession(flags.session, system);
  if (flags.revert) return applyAndReport((files) => planRevert(files, flags.session), flags, system);
  const command = {
    command: flags.command ?? ownPath(),
    isCommandGiven: flags.command !== undefined,
    platform: system.platform,
  };
  if (!flags["session-only"]) checkCommand(command.command, system.platform, args);
  if (flags.repair)
    return applyAndReport((files) => planRepair(files, flags.session, command), flags, system);

  const { env, platform } = system;
  // Git Bash's own window gives a program of Windows pipes in the place of a console.
  const isMintty = platform === "win32" && env.MSYSTEM && env.TERM_PROGRAM === "mintty";
  const asking: Asking = {
    prompts: await promptsAtTerminal(system),
    remedy: isMintty ? { run: ["winpty sso-cred init", ...args.map(shellWord)].join(" ") } : {},
    takesDefaults: (flags.yes ?? false) || (flags["dry-run"] ?? false),
    say: (line) => system.writeStderr(prose(2, `${line}\n`)),
  };
  const wizard: Wizard = { flags, command, asking, system, hasWritten: false };
  return await runWizard(wizard).catch((error: unknown) => {
    if (!isKind(error, "cancelled")) throw error;
    const written = wizard.hasWritten ? "nothing more" : "nothing";
    throw new SsoCredError("cancelled", `cancelled; ${written} was written`);
  });
}

/** Flags that exclude most others. The list of each names the flags that may accompany it. */
const EXCLUSIVE = { revert: [], repair: [], "session-only": ["start-url", "sso-region", "scopes"] } as const;
const WITH_ANY = ["sso-session", "command", "yes", "dry-run", "json"];

type InitFlags = ReturnType<typeof readFlags>;

/** @throws SsoCredError("usage") for meaningless values and for two sessions. */
function readFlags(args: readonly string[]) {
  const { values, positionals } = parseFlags(args, "init");
  const session = values["sso-session"] ?? positionals[0];
  if (positionals.length > (values["sso-session"] === undefined ? 1 : 0)) {
    throw usageError("name one session", "init");
  }
  const accountId = values["account-id"];
  if (accountId !== undefined && !isAccountId(accountId)) {
    const message = `--account-id ${printableWithHidden(accountId)}: an account id has 12 digits`;
    throw new SsoCredError("usage", message);
  }
  for (const [flag, partners] of Object.entries(EXCLUSIVE)) {
    if (!values[flag as keyof typeof EXCLUSIVE]) continue;
    const other = Object.keys(values).find(
      (name) => name !== flag && ![...partners, ...WITH_ANY].includes(name),
    );
    if (other !== undefined) throw new SsoCredError("usage", `--${flag} cannot be combined with --${other}`);
  }
  return { ...values, session };
}

/** @throws SsoCredError("config") for a session that neither a section nor a profile names. */
function assertKnownSession(session: string | undefined, system: System): void {
  if (session === undefined) return;
  const { sessions, ours, profiles } = readConfigFiles(system);
  if (sessions.has(session)) return;
  if ([...ours.values()].some((own) => own.session === session)) return;
  if ([...profiles.values()].some((keys) => keys.get("sso_session") === session)) return;
  throw new SsoCredError("config", noSection(loadConfig(system), "sso-session", session).message);
}

interface Wizard {
  readonly flags: InitFlags;
  readonly command: CommandOptions;
  readonly asking: Asking;
  readonly system: System;
  /** True once profiles have been converted. */
  hasWritten: boolean;
}

async function runWizard(wizard: Wizard): Promise<number> {
  const { flags, command, asking, system } = wizard;
  let files = readConfigFiles(system);
  const session = await askSession(files, flags, asking);
  // Fail before the sign-in on what the plan would reject anyway.
  assertSessionMatches(files, session);
  const nothingMore: InitOptions = { ...session, ...command, ...NO_PROFILES };
  if (flags["session-only"]) return applyAndReport((now) => planConfig(now, nothingMore), flags, system);
  if (await wantsToAdopt(files, session, flags, asking)) {
    const plan = await applyPlan((now) => planConfig(now, { ...nothingMore, adopt: "all" }), system);
    wizard.hasWritten = true;
    const count = plan.edits.filter(({ profile }) => profile !== undefined).length;
    asking.say(`Converted ${counted(count, "profile")}; to undo this: sso-cred init --revert`);
    files = readConfigFiles(system);
  }
  const name = flags["profile-name"];
  if (name !== undefined && !/[{}]/.test(name) && !flags.adopt) assertNamesAreFree(files, [name], session);
  const { wanted, keepOnly, profile, answers: last } = await signedInRoles(wizard, files, session);
  const options: InitOptions = {
    ...nothingMore,
    ...last,
    wanted,
    ...profile,
    adopt: flags.adopt ? "all" : (profile?.adopt ?? []),
    keepOnly,
  };
  await confirmPlan(options, flags, asking, system);
  return applyAndReport((now) => planConfig(now, options), flags, system);
}

/** The prompts of a run that may ask for more than it needs; undefined for any other. */
function promptsFor({ json }: InitFlags, { prompts, takesDefaults }: Asking) {
  return json || takesDefaults ? undefined : prompts;
}

/** Names the existing SSO profiles of the session and offers to convert them. */
async function wantsToAdopt(files: Files, session: SessionKeys, flags: InitFlags, asking: Asking) {
  const prompts = promptsFor(flags, asking);
  if (prompts === undefined || flags.adopt) return false;
  const names = [...profilesToOffer(files, session).keys()];
  if (names.length === 0) return false;
  const verb = names.length === 1 ? "gets" : "get";
  const what = `${counted(names.length, "profile")} ${verb} credentials of this session in another way`;
  asking.say(`${what}: ${listed(names)}`);
  return confirms(prompts, "Convert them to sso-cred first?", "y");
}

/**
 * Shows the plan of `--all` and `--prune` to a person, and asks before it is written.
 * @throws SsoCredError("cancelled") if the person declines.
 */
async function confirmPlan(options: InitOptions, flags: InitFlags, asking: Asking, system: System) {
  const prompts = promptsFor(flags, asking);
  if (prompts === undefined || !(flags.all || flags.prune)) return;
  const plan = planConfig(readConfigFiles(system), options);
  if (plan.after === plan.before) return;
  reportPlan(plan, { isDryRun: true, isJson: false }, system);
  const removes = plan.edits.some(({ action }) => action === "remove");
  if (await confirms(prompts, "Write this?", removes ? "n" : "y")) return;
  throw new SsoCredError("cancelled", "cancelled");
}

/** Signs in if needed. At a terminal, a failure leads back to the questions that can fix it. */
async function signedInRoles(wizard: Wizard, before: Files, first: SessionKeys) {
  const { asking, flags } = wizard;
  let [files, answers] = [before, first];
  for (;;) {
    try {
      return { ...(await chosenRoles({ ...wizard, files, answers })), answers };
    } catch (error) {
      if (!(error instanceof SsoCredError)) throw error;
      const isCancelled = error instanceof SignInCancelled;
      const isFailedSignIn = isCancelled || SIGN_IN_FAILURES.includes(error.kind);
      if (!isFailedSignIn || asking.prompts === undefined || flags.yes)
        throw withSession(error, files, answers);
      asking.say(`sso-cred: ${error.message}`);
      if (isCancelled) wizard.system.clearInterrupt();
      answers = await askSessionAgain(answers, error.message, files, asking);
      // The person may have edited the file in the meantime.
      files = readConfigFiles(wizard.system);
    }
  }
}

const SIGN_IN_FAILURES: readonly ErrorKind[] = ["login-required", "login-failed", "unavailable", "config"];

/** Completes a remedy that fails, or loses the answers, while the session is not in the config. */
function withSession(error: SsoCredError, files: Files, answers: SessionKeys): SsoCredError {
  const { run } = error.remedy;
  if (!run || !/^sso-cred (?:login|list|logout) /.test(run)) return error;
  const remedy = { run: writeSessionFirst(files, answers) + run };
  return new SsoCredError(error.kind, error.message, { remedy, cause: error });
}

const NO_PROFILES = { wanted: [], region: "", output: "", adopt: [] };

async function applyAndReport(planFrom: (files: Files) => Plan, flags: InitFlags, system: System) {
  const isDryRun = flags["dry-run"] ?? false;
  const plan = isDryRun ? planFrom(readConfigFiles(system)) : await applyPlan(planFrom, system);
  if (!isDryRun) removeFormerRoles(system);
  reportPlan(plan, { isDryRun, isJson: flags.json ?? false, givenRegion: flags.region }, system);
  return 0;
}
