import { readToken, tokenFault } from "../cache/tokenCache.ts";
import { type Config, loadConfig } from "../config/configFile.ts";
import { sessionTitle } from "../config/describeSession.ts";
import type { SectionName } from "../config/ini.ts";
import { readOurCommand, readOurProfile } from "../config/ourCommand.ts";
import { resolveProfile } from "../config/profile.ts";
import { resolveSession } from "../config/session.ts";
import { withSessionVariables } from "../config/sessionVariables.ts";
import { canRefresh } from "../credentials/refreshToken.ts";
import { isKnownRejected } from "../credentials/tokenLookup.ts";
import { SsoCredError } from "../errors.ts";
import { isUsable } from "../hit/expiry.ts";
import type { SsoSession, SsoToken } from "../model.ts";
import { attempt } from "../platform/attempt.ts";
import type { System } from "../platform/system.ts";
import { backoffUntil } from "../signIn/backoff.ts";
import { chooseGrant } from "../signIn/chooseGrant.ts";
import { isSigningIn } from "../signIn/pendingLogin.ts";
import { printable } from "../text/printable.ts";
import { relativeTime, tokenLife } from "../text/relativeTime.ts";
import { type ConfigText, keyOf } from "./configFile.ts";
import { type Finding, finding } from "./report.ts";
import { checkEndpoints, findUnassigned, type ProfileRole, startUrlFault } from "./services.ts";

export interface Selection {
  readonly session?: string | undefined;
  readonly profile?: string | undefined;
  readonly offline: boolean;
}

/** Resolving a profile reads the whole file: a few show what is wrong with thousands. */
const MOST_PROFILES = 200;

/** A section that the program itself refuses, and its words. */
export interface UnusableSection extends SectionName {
  readonly message: string;
  readonly run: string | undefined;
}

/** The usable sessions that are asked for, and the sections that are not usable. */
export function selectSessions({ session, profile }: Selection, system: System) {
  const unusable: UnusableSection[] = [];
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
  if (config === undefined) return { sessions: [], unusable };
  const ofProfile = (name: string) =>
    resolved("profile", name, () => resolveProfile(config, name, system).session);
  const ofSession = (name: string) =>
    resolved("sso-session", name, () =>
      resolveSession(config, name, withSessionVariables(config, name, system)),
    );
  if (profile !== undefined) return { sessions: ofProfile(profile), unusable };
  if (session !== undefined) return { sessions: ofSession(session), unusable };
  const named = config.sessionNames().flatMap(ofSession);
  const profiles = config.profileNames().map((name) => ({ name, kind: kindOf(config, name) }));
  const legacy = profiles.filter(({ kind }) => kind === "legacy").flatMap(({ name }) => ofProfile(name));
  for (const { name } of profiles.filter(({ kind }) => kind === "named").slice(0, MOST_PROFILES))
    ofProfile(name);
  const byUrl = new Map(legacy.map((one) => [one.startUrl, one]));
  return { sessions: [...named, ...byUrl.values()], unusable };
}

function kindOf(config: Config, name: string): "legacy" | "named" | undefined {
  const keys = config.profile(name);
  const line = keys?.get("credential_process");
  if (keys?.get("sso_session") || readOurCommand(line) || readOurProfile(line)) return "named";
  return keys?.get("sso_start_url") ? "legacy" : undefined;
}

/** Checks the sign-in, the endpoints and the assigned roles of a session. */
export async function checkSession(
  session: SsoSession,
  config: ConfigText,
  offline: boolean,
  system: System,
) {
  const token = readToken(session, system);
  const roles = rolesOfProfiles(config, session);
  const isValid = token !== undefined && isUsable(token.expiresAt, system.now());
  const [endpoints, urlFault, unassigned] = await Promise.all([
    checkEndpoints(session, offline, system),
    offline ? undefined : startUrlFault(session, system),
    offline || !isValid ? [] : findUnassigned(session, token.accessToken, roles, system),
  ]);
  const isRefused = unassigned === "token refused";
  return [
    ...tokenFindings(session, token, isRefused, system),
    ...signInFindings(session, urlFault, system),
    ...endpoints,
    ...roleFindings(session, isRefused ? [] : unassigned, roles.length),
  ];
}

/** The names that findings give a session, and the command that signs in to it. */
function namesOf(session: SsoSession) {
  const title = sessionTitle(session);
  return { title: `'${title}'`, where: `session ${title}`, run: `sso-cred login ${session.loginArguments}` };
}

function* tokenFindings(
  session: SsoSession,
  token: SsoToken | undefined,
  isRefused: boolean,
  system: System,
): Generator<Finding> {
  const { title, where, run } = namesOf(session);
  const now = system.now();
  const fault = token === undefined ? tokenFault(session, system) : undefined;
  const isRejected = token !== undefined && isKnownRejected(session, token, system);
  const isRefreshable = token !== undefined && !isRejected && canRefresh(session, token, now);
  const works = "calls work without a person";
  if (isRefused)
    yield finding("token-refused", "warning", where, {
      found: `the portal refuses the token of ${title}, though it has not expired`,
      why: "the session was ended elsewhere; the next call refreshes the token or opens a sign-in",
      run,
    });
  else if (token !== undefined && !isRejected && isUsable(token.expiresAt, now)) {
    const life = tokenLife(token.expiresAt, isRefreshable, now);
    yield finding("signed-in", "note", where, { found: `signed in to ${title}; ${life}`, why: works });
  } else if (isRefreshable)
    yield finding("signed-in", "note", where, {
      found: `the token of ${title} is refreshed by the next call`,
      why: works,
    });
  else if (fault?.is === "of another start URL")
    yield finding("token-mismatch", "error", where, {
      found: `the cached token of ${title} is for another start URL or region than the config's, or came from other endpoints`,
      why: "it is not used; the AWS CLI shares the file",
      run,
    });
  else if (fault !== undefined) {
    const { remedy = { run } } = fault;
    yield finding("token-unreadable", "error", where, {
      found: fault.fault,
      why: "it counts as signed out; the AWS CLI shares the file",
      ...(remedy.run === undefined ? { fix: "make it a file that you may read, or remove it" } : remedy),
    });
  } else
    yield finding("signed-out", "warning", where, {
      found:
        token === undefined
          ? `nobody is signed in to ${title}`
          : isRejected
            ? `the service has rejected the token of ${title}`
            : `the sign-in to ${title} has expired`,
      why: "the next call opens the sign-in, and waits for you",
      run,
    });
}

function* signInFindings(session: SsoSession, urlFault: string | undefined, system: System) {
  const { title, where, run } = namesOf(session);
  const until = backoffUntil(session, system);
  if (urlFault !== undefined)
    yield finding("start-url-unusable", "error", where, {
      found: urlFault,
      why: "no client can sign in",
      fix: "correct sso_start_url; your administrator knows the address of the access portal",
    });
  if (isSigningIn(session, system))
    yield finding("sign-in-open", "note", where, {
      found: `a sign-in to ${title} is open`,
      why: "calls wait for it",
      run: `sso-cred status ${session.loginArguments}`,
    });
  if (until !== undefined)
    yield finding("sign-in-back-off", "warning", where, {
      found: `no browser opens automatically for ${title} yet, the next ${relativeTime(until, system.now())}`,
      why: "the last sign-in was not completed",
      run,
    });
  yield finding("sign-in-way", "note", where, {
    found: `the next sign-in to ${title}: ${describeChoice(session, system)}`,
    why: "SSO_CRED_LOGIN or sso_cred_login changes it",
  });
}

function* roleFindings(session: SsoSession, unassigned: readonly ProfileRole[], lookedFor: number) {
  const { title, where } = namesOf(session);
  for (const { profile, accountId, roleName } of unassigned)
    yield finding("role-not-assigned", "error", `profile '${printable(profile)}'`, {
      found: `the role ${printable(roleName)} in account ${accountId} is not assigned to you`,
      why: "every client that uses the profile is refused",
      run: `sso-cred list ${session.loginArguments}`,
    });
  if (unassigned.length === lookedFor && lookedFor > 1)
    yield finding("signed-in-as-another", "warning", where, {
      found: `none of the roles in your profiles is assigned to the person who is signed in to ${title}`,
      why: "the browser may have signed in another user",
      run: `sso-cred logout ${session.loginArguments}`,
    });
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
