import { readToken, tokenFault } from "../cache/tokenCache.ts";
import { type Config, loadConfig } from "../config/configFile.ts";
import { type ConfiguredSession, configuredSessions } from "../config/configuredSessions.ts";
import { sessionTitle } from "../config/describeSession.ts";
import { listed, onlySession, sessionKeys } from "../config/session.ts";
import { withSessionVariables } from "../config/sessionVariables.ts";
import { shownUrl } from "../config/urls.ts";
import { canRefresh } from "../credentials/refreshToken.ts";
import { isKnownRejected } from "../credentials/tokenLookup.ts";
import { EXIT_CODE, SsoCredError } from "../errors.ts";
import { formatTimestamp, isUsable } from "../hit/expiry.ts";
import { isAwsEndpoint, oidcEndpoint, ssoEndpoint } from "../identityCenter/endpoints.ts";
import { planRepair } from "../init/plan/plan.ts";
import { readConfigFiles } from "../init/plan/planInput.ts";
import type { SsoSession, SsoToken } from "../model.ts";
import { attempt } from "../platform/attempt.ts";
import { installedFront, isPacked, ownPath } from "../platform/installation.ts";
import { prose } from "../platform/output.ts";
import type { System } from "../platform/system.ts";
import { VERSION } from "../platform/version.ts";
import { isSigningIn } from "../signIn/pendingLogin.ts";
import { printable } from "../text/printable.ts";
import { relativeTime, tokenLife } from "../text/relativeTime.ts";
import { counted } from "../text/words.ts";
import { type CommandFlags, parseFlags } from "../usage/commandTable.ts";
import { waitDeadline } from "./credentials.ts";
import { configuredSession, notAProfile, type SessionChoice } from "./sessionArguments.ts";

/**
 * `sso-cred status`: reads the files and sends no request. Exit code 0 if all sessions work without
 * a person, 3 if the settings of one cannot be used, else 4.
 */
export async function status(args: readonly string[], system: System): Promise<number> {
  const { values, positionals } = parseFlags(args, "status");
  const config = loadConfig(system, { credentials: true });
  const asked = askedSessions(positionals, values, config, system);
  const rows = asked.map((session) => rowOf(session, config, system));
  const data = rows.map((row) => row.data);
  const text = `${rows.map((row) => row.line).join("\n")}\n${frontLine()}${repairLine(system)}`;
  system.writeStdout(values.json ? `${JSON.stringify(data, null, 2)}\n` : prose(1, text));
  if (data.some((row) => "problem" in row)) return EXIT_CODE.config;
  return data.every((row) => row.usable) ? 0 : EXIT_CODE["login-required"];
}

/** Throws `config` for a name that is not in the config. */
function askedSessions(
  names: readonly string[],
  { profile, "sso-session": flag }: CommandFlags<"status">,
  config: Config,
  system: System,
): ConfiguredSession[] {
  const named = [...names, ...(flag === undefined ? [] : [flag])];
  for (const name of named) sessionKeys(config, notAProfile(name, config));
  const choices: SessionChoice[] = named.map((session) => ({ session }));
  if (profile !== undefined) choices.push({ profile });
  const asked = choices.map((choice) => configuredSession(choice, config, system));
  if (asked.length > 0) return asked;
  const all = configuredSessions(config, system);
  if (all.length === 0) onlySession(config);
  return all;
}

function rowOf({ identity, resolve }: ConfiguredSession, config: Config, system: System) {
  let session: SsoSession;
  try {
    session = resolve();
    // A bad wait budget would end every call, too.
    waitDeadline(withSessionVariables(config, identity.name, system));
  } catch (error) {
    if (!(error instanceof SsoCredError)) throw error;
    const { name, startUrl } = identity;
    const problem = error.message;
    return {
      data: { session: name, startUrl: shownUrl(startUrl), usable: false, problem },
      line: `${sessionTitle(identity)}: ${printable(problem, 1000)}`,
    };
  }
  const token = readToken(session, system);
  const data = sessionStatus(session, token, system);
  const endpoints = data.foreignEndpoints.map((url) => `, endpoint ${printable(url)}`).join("");
  const pending = data.loginPending ? ", a sign-in is open" : "";
  const line = `${sessionTitle(session)}: ${describe(data, token, system.now())}${pending}${endpoints}`;
  return { data, line };
}

/** The JSON of one session. */
function sessionStatus(session: SsoSession, token: SsoToken | undefined, system: System) {
  const now = system.now();
  const isRejected = token !== undefined && isKnownRejected(session, token, system);
  const signedIn = token !== undefined && !isRejected && isUsable(token.expiresAt, now);
  const refreshable = token !== undefined && !isRejected && canRefresh(session, token, now);
  const endpoints = new Set([ssoEndpoint(session), oidcEndpoint(session)]);
  return {
    session: session.name,
    startUrl: session.startUrl,
    region: session.region,
    signedIn,
    expiresAt: token ? formatTimestamp(token.expiresAt) : null,
    refreshable,
    /** True if the session works without a person. */
    usable: signedIn || refreshable,
    /** Why the token file is not used; null if it is, or is missing. */
    tokenFault: isRejected
      ? "the service has rejected the token"
      : (tokenFault(session, system)?.fault ?? null),
    loginPending: isSigningIn(session, system),
    /** Endpoints that are not AWS's own. */
    foreignEndpoints: [...endpoints].filter((url) => !isAwsEndpoint(url)),
  };
}

/** Tells if the installed front was not called, or has another version. */
function frontLine(): string {
  const front = isPacked() ? installedFront() : undefined;
  if (front === undefined) return "";
  const path = printable(front.path);
  if (!front.isInUse) return `native front: not in use, it is ${path}\n`;
  return front.version === VERSION
    ? ""
    : `native front: ${path} is ${front.version}, the program ${VERSION}\n`;
}

/** A line if `init --repair` would change profiles; else empty. */
function repairLine(system: System): string {
  const command = { command: ownPath(), isCommandGiven: false, platform: system.platform };
  const plan = attempt(() => planRepair(readConfigFiles(system), undefined, command));
  const names = plan?.edits.flatMap(({ profile }) => profile ?? []) ?? [];
  if (!isPacked() || names.length === 0) return "";
  const verb = names.length === 1 ? "runs" : "run";
  return `${counted(names.length, "profile")} ${verb} sso-cred from another path: ${listed(names)}\n  run: sso-cred init --repair\n`;
}

function describe(
  { signedIn, refreshable, tokenFault }: ReturnType<typeof sessionStatus>,
  token: SsoToken | undefined,
  now: number,
): string {
  if (token === undefined || tokenFault !== null)
    return `not signed in${tokenFault ? `; ${printable(tokenFault, 1000)}` : ""}`;
  if (signedIn) return `signed in; ${tokenLife(token.expiresAt, refreshable, now)}`;
  return `expired ${relativeTime(token.expiresAt, now)}${refreshable ? ", refreshed at the next call" : ""}`;
}
