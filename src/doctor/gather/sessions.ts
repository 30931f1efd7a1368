import { readToken, tokenFileExists } from "../../cache/tokenCache.ts";
import { type Config, loadConfig } from "../../config/configFile.ts";
import { readOurCommand } from "../../config/ourCommand.ts";
import { resolveProfile } from "../../config/profile.ts";
import { resolveSession } from "../../config/session.ts";
import { SsoCredError } from "../../errors.ts";
import { isUsable } from "../../hit/expiry.ts";
import type { SsoSession } from "../../model.ts";
import type { System } from "../../platform/system.ts";
import { backoffUntil } from "../../signIn/backoff.ts";
import { chooseGrant } from "../../signIn/chooseGrant.ts";
import { isUnderWay, readPendingLogin } from "../../signIn/pendingLogin.ts";
import type { ConfigText } from "../configFile.ts";
import type { SessionFacts } from "../facts.ts";
import { gatherAssignments, type ProfileRole } from "./assignments.ts";
import { gatherEndpoints } from "./endpoints.ts";

export interface Selection {
  readonly session?: string | undefined;
  readonly profile?: string | undefined;
  readonly offline: boolean;
}

/** The state of each session that can be resolved. The config checks report the others. */
export async function gatherSessions(
  text: ConfigText,
  { session, profile, offline }: Selection,
  system: System,
): Promise<SessionFacts[]> {
  const sessions = resolvable(() => {
    const config = loadConfig(system, { credentials: true });
    if (profile !== undefined) return [resolveProfile(config, profile, system).session];
    if (session !== undefined) return [resolveSession(config, session, system)];
    return allSessions(config, system);
  });
  return await Promise.all(sessions.map((one) => gatherSession(one, text, offline, system)));
}

function allSessions(config: Config, system: System): SsoSession[] {
  const named = config
    .sessionNames()
    .flatMap((name) => resolvable(() => [resolveSession(config, name, system)]));
  const legacy = config
    .profileNames()
    .filter((name) => config.profile(name)?.get("sso_start_url") && !config.profile(name)?.get("sso_session"))
    .flatMap((name) => resolvable(() => [resolveProfile(config, name, system).session]));
  const byUrl = new Map(legacy.map((session) => [session.startUrl, session]));
  return [...named, ...byUrl.values()];
}

function resolvable(read: () => SsoSession[]): SsoSession[] {
  try {
    return read();
  } catch (error) {
    if (error instanceof SsoCredError) return [];
    throw error;
  }
}

async function gatherSession(
  session: SsoSession,
  text: ConfigText,
  offline: boolean,
  system: System,
): Promise<SessionFacts> {
  const token = readToken(session, system);
  const pending = readPendingLogin(session, system);
  const roles = rolesOfProfiles(text, session);
  const [endpoints, unassigned] = await Promise.all([
    gatherEndpoints(session, offline, system),
    offline || token === undefined || !isUsable(token.expiresAt, system.now())
      ? undefined
      : gatherAssignments(session, token.accessToken, roles, system),
  ]);
  return {
    title: session.name ?? session.startUrl,
    loginArguments: session.loginArguments,
    token: tokenState(session, token, system),
    expiresAt: token?.expiresAt,
    signInIsOpen: pending !== undefined && isUnderWay(pending, system),
    backoffUntil: backoffUntil(session, system),
    choice: describeChoice(session, system),
    endpoints,
    unassigned,
    lookedFor: roles.length,
  };
}

function tokenState(
  session: SsoSession,
  token: ReturnType<typeof readToken>,
  system: System,
): SessionFacts["token"] {
  if (token === undefined) return tokenFileExists(session, system) ? "of another start URL" : "none";
  if (isUsable(token.expiresAt, system.now())) return "valid";
  const canRefresh =
    session.name !== null &&
    Boolean(token.refreshToken && token.clientId && token.clientSecret) &&
    (token.registrationExpiresAt ?? Number.POSITIVE_INFINITY) > system.now();
  return canRefresh ? "refreshable" : "expired";
}

function describeChoice(session: SsoSession, system: System): string {
  const choice = chooseGrant(session, system);
  if (choice.grant === "never") return `none, because ${choice.why}`;
  if (choice.grant === "device")
    return choice.browser ? "a code, confirmed in the browser" : "a code, which you enter on any device";
  return "in the browser";
}

function rolesOfProfiles({ sections }: ConfigText, session: SsoSession): ProfileRole[] {
  return sections.flatMap(({ kind, name, keys }) => {
    const value = keys.findLast(({ key }) => key.toLowerCase() === "credential_process")?.value;
    const ours = kind === "profile" && value ? readOurCommand(value) : undefined;
    return ours === undefined || ours.session !== session.name
      ? []
      : [{ profile: name, accountId: ours.accountId, roleName: ours.roleName }];
  });
}
