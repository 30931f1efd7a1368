import { readToken, tokenFault } from "../../cache/tokenCache.ts";
import { type Config, loadConfig } from "../../config/configFile.ts";
import { readOurCommand, readOurProfile } from "../../config/ourCommand.ts";
import { resolveProfile } from "../../config/profile.ts";
import { resolveSession } from "../../config/session.ts";
import { withSessionVariables } from "../../config/sessionVariables.ts";
import { canRefresh } from "../../credentials/refreshToken.ts";
import { SsoCredError } from "../../errors.ts";
import { isUsable } from "../../hit/expiry.ts";
import type { SsoSession } from "../../model.ts";
import { attempt } from "../../platform/attempt.ts";
import type { System } from "../../platform/system.ts";
import { backoffUntil } from "../../signIn/backoff.ts";
import { chooseGrant } from "../../signIn/chooseGrant.ts";
import { isSigningIn } from "../../signIn/pendingLogin.ts";
import { tokenLife } from "../../text/relativeTime.ts";
import { type ConfigText, keyOf } from "../configFile.ts";
import type { ProfileRole, SessionFacts, UnusableSection } from "../facts.ts";
import { gatherAssignments, gatherEndpoints, gatherStartUrl } from "./services.ts";

export interface Selection {
  readonly session?: string | undefined;
  readonly profile?: string | undefined;
  readonly offline: boolean;
}

/** The state of each usable session, and what the program says of the others. */
export async function gatherSessions(text: ConfigText, selection: Selection, system: System) {
  const unusable: UnusableSection[] = [];
  const sessions = selectedSessions(selection, unusable, system);
  const gathered = sessions.map((one) => gatherSession(one, text, selection.offline, system));
  return { sessions: await Promise.all(gathered), unusable };
}

/** Resolving a profile reads the whole file: a few show what is wrong with thousands. */
const MOST_PROFILES = 200;

/** The usable sessions that are asked for. Adds the other sections to `unusable`. */
function selectedSessions({ session, profile }: Selection, unusable: UnusableSection[], system: System) {
  const resolved = (kind: UnusableSection["kind"], name: string, read: () => SsoSession): SsoSession[] => {
    try {
      return [read()];
    } catch (error) {
      if (!(error instanceof SsoCredError)) throw error;
      // A bad variable has a finding of its own.
      if (error.kind !== "usage")
        unusable.push({ kind, name, message: error.message, run: error.remedy.run });
      return [];
    }
  };
  // A file that cannot be read is a finding of the config's checks.
  const config = attempt(() => loadConfig(system, { credentials: true }));
  if (config === undefined) return [];
  const ofProfile = (name: string) =>
    resolved("profile", name, () => resolveProfile(config, name, system).session);
  const ofSession = (name: string) =>
    resolved("sso-session", name, () =>
      resolveSession(config, name, withSessionVariables(config, name, system)),
    );
  if (profile !== undefined) return ofProfile(profile);
  if (session !== undefined) return ofSession(session);
  const named = config.sessionNames().flatMap(ofSession);
  const profiles = config.profileNames().map((name) => ({ name, kind: kindOf(config, name) }));
  const legacy = profiles.filter(({ kind }) => kind === "legacy").flatMap(({ name }) => ofProfile(name));
  for (const { name } of profiles.filter(({ kind }) => kind === "named").slice(0, MOST_PROFILES))
    ofProfile(name);
  const byUrl = new Map(legacy.map((one) => [one.startUrl, one]));
  return [...named, ...byUrl.values()];
}

function kindOf(config: Config, name: string): "legacy" | "named" | undefined {
  const keys = config.profile(name);
  const line = keys?.get("credential_process");
  if (keys?.get("sso_session") || readOurCommand(line) || readOurProfile(line)) return "named";
  return keys?.get("sso_start_url") ? "legacy" : undefined;
}

async function gatherSession(
  session: SsoSession,
  text: ConfigText,
  offline: boolean,
  system: System,
): Promise<SessionFacts> {
  const token = readToken(session, system);
  const roles = rolesOfProfiles(text, session);
  const [endpoints, startUrlFault, assignments] = await Promise.all([
    gatherEndpoints(session, offline, system),
    offline ? undefined : gatherStartUrl(session, system),
    offline || token === undefined || !isUsable(token.expiresAt, system.now())
      ? undefined
      : gatherAssignments(session, token.accessToken, roles, system),
  ]);
  return {
    title: session.name ?? session.startUrl,
    loginArguments: session.loginArguments,
    token: tokenState(session, token, system),
    tokenFault: tokenFault(session, system),
    life: token && tokenLife(token.expiresAt, canRefresh(session, token, system.now()), system.now()),
    signInIsOpen: isSigningIn(session, system),
    backoffUntil: backoffUntil(session, system),
    choice: describeChoice(session, system),
    caBundle: session.caBundle,
    endpoints,
    startUrlFault,
    ...(assignments === "token refused" ? { tokenIsRefused: true } : { unassigned: assignments }),
    lookedFor: roles.length,
  };
}

function tokenState(
  session: SsoSession,
  token: ReturnType<typeof readToken>,
  system: System,
): SessionFacts["token"] {
  if (token === undefined) return tokenFault(session, system)?.is ?? "none";
  if (isUsable(token.expiresAt, system.now())) return "valid";
  return canRefresh(session, token, system.now()) ? "refreshable" : "expired";
}

function describeChoice(session: SsoSession, system: System): string {
  const choice = chooseGrant(session, system);
  if (choice.grant === "never") return `none, because ${choice.why}`;
  if (choice.grant === "device")
    return choice.browser ? "a code, confirmed in the browser" : "a code, which you enter on any device";
  return "in the browser";
}

/** The roles of this session that profiles name, in our command or in `sso_*` keys. */
function rolesOfProfiles({ sections }: ConfigText, session: SsoSession): ProfileRole[] {
  return sections.flatMap((section) => {
    if (section.kind !== "profile") return [];
    const value = (key: string) => keyOf(section, key)?.value || undefined;
    const ours = readOurCommand(value("credential_process"));
    const named = ours?.session ?? value("sso_session") ?? null;
    const accountId = ours?.accountId ?? value("sso_account_id");
    const roleName = ours?.roleName ?? value("sso_role_name");
    const isOf = named === session.name && (named !== null || value("sso_start_url") === session.startUrl);
    return isOf && accountId && roleName ? [{ profile: section.name, accountId, roleName }] : [];
  });
}
