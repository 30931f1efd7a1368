import { SsoCredError } from "../errors.ts";
import type { LoginMode, SessionIdentity, SsoSession } from "../model.ts";
import type { Environment } from "../platform/system.ts";
import { shellWord } from "../text/commandWords.ts";
import { printable, printableWithHidden } from "../text/printable.ts";
import { assertCliReadsAlike } from "./cliDialect.ts";
import type { Config, Place } from "./configFile.ts";
import { caBundle, endpointSettings, type Layer, type SettingSources } from "./endpointSettings.ts";
import type { Keys, NamedKind } from "./ini.ts";
import { regionProblem } from "./regions.ts";
import { headerForCredentials, misspeltSection, shownHeader, withoutKeys } from "./slips.ts";
import { startUrlProblem } from "./urls.ts";

/**
 * Reads `[sso-session NAME]`, and the CA bundle, FIPS and dual-stack settings of `[default]`. A
 * profile that uses the session has its own network settings.
 * @throws SsoCredError("config") naming the file, the section and the key; "usage" for a bad
 * SSO_CRED_LOGIN.
 */
export function resolveSession(
  config: Config,
  name: string,
  system: Environment,
  ofProfile: Pick<SessionSource, "settings" | "loginArguments"> = {},
): SsoSession {
  const keys = sessionKeys(config, name);
  assertCliReadsAlike(config, "sso-session", name);
  const header = shownHeader("sso-session", name);
  return readSession({ config, name, keys, header, ...ofProfile }, system);
}

/** The session that a name refers to. Without a section, its start URL is empty. */
export function sessionIdentity(config: Config, name: string): SessionIdentity {
  return { name, startUrl: config.session(name)?.get("sso_start_url") ?? "" };
}

/** The keys of a session. The error for a missing one lists the sessions that exist. */
export function sessionKeys(config: Config, name: string): Keys {
  const keys = config.session(name);
  if (keys !== undefined) return keys;
  throw noSection(config, "sso-session", name);
}

/** The error for a missing profile. Names a line of the credentials file that was meant so. */
export function noProfile(config: Config, name: string): SsoCredError {
  const slip = headerForCredentials(config.credentialsText, name);
  if (slip === undefined) return noSection(config, "profile", name);
  const message = `there is no profile ${printable(name)}; ${config.credentialsPath}: ${slip}`;
  return new SsoCredError("config", message);
}

/** The error for a missing section. Names a misspelling, or else the sections that exist. */
export function noSection(config: Config, kind: NamedKind, name?: string): SsoCredError {
  const header = name === undefined ? `[${kind}]` : shownHeader(kind, name);
  const argument = kind === "profile" || name === undefined ? "" : ` ${sessionArgument(name)}`;
  const init = { run: `sso-cred init${argument}` };
  if (config.absence !== undefined) {
    const { message, remedy = init } = config.absence;
    return new SsoCredError("config", message, { remedy });
  }
  // With a guess there is no remedy: init would add a section under the misspelt name.
  const slip = misspeltSection(config.text, kind, name);
  if (slip !== undefined) return new SsoCredError("config", `${config.path} has no ${header}; ${slip}`);
  const others = kind === "profile" ? config.profileNames() : config.sessionNames();
  const known = others.length === 0 ? "" : `; it has ${listed(others)}`;
  return new SsoCredError("config", `${config.path} has no ${header}${known}`, { remedy: init });
}

/**
 * The session for a command line that names none: the only one in the config, or all names if there
 * are several.
 * @throws SsoCredError("config") if there is none.
 */
export function onlySession(config: Config): { only: string } | { several: readonly string[] } {
  const names = config.sessionNames();
  const [first] = names;
  if (first === undefined) throw noSection(config, "sso-session");
  return names.length === 1 ? { only: first } : { several: names };
}

/** The section that defines a session: an `[sso-session]` or a legacy profile. */
interface SessionSource extends Layer {
  readonly config: Config;
  /** Null for a legacy profile. */
  readonly name: string | null;
  /** The sections with network settings. Default: the session's section, then `[default]`. */
  readonly settings?: SettingSources;
  readonly loginArguments?: string;
}

export function readSession(source: SessionSource, system: Environment): SsoSession {
  const { config, name, keys, header } = source;
  const placeOf = source.placeOf ?? (() => ({ path: config.path, header }));
  const settings = source.settings ?? sessionSettings(source);
  const where = (key: string) => shownPlace(placeOf(key));
  const missing = ["sso_start_url", "sso_region"].filter((key) => !keys.get(key));
  if (missing[0] !== undefined) {
    const what = withoutKeys(config.text, header, missing);
    throw new SsoCredError("config", `${where(missing[0])} ${what}`);
  }
  const scopes = keys.get("sso_registration_scopes");
  const endpoints = endpointSettings(config, settings, system);
  // Not normalised: its exact bytes are hashed into cache file names.
  const startUrl = keys.get("sso_start_url") ?? "";
  const problem = startUrlProblem(startUrl);
  if (problem !== undefined)
    throw new SsoCredError("config", `${where("sso_start_url")}: sso_start_url ${problem}`);
  // With both endpoints overridden (an emulator), the region has no effect.
  const isRegionFree = endpoints.ssoUrl !== undefined && endpoints.oidcUrl !== undefined;
  return {
    name,
    startUrl,
    region: checkedRegion(keys.get("sso_region") ?? "", where("sso_region"), isRegionFree),
    scopes: scopes === undefined ? null : scopes.split(",").flatMap((scope) => scope.trim() || []),
    login: loginMode(keys.get("sso_cred_login"), where("sso_cred_login"), system.env.SSO_CRED_LOGIN),
    endpoints,
    caBundle: caBundle(settings, system),
    loginArguments: source.loginArguments ?? sessionArgument(name ?? ""),
  };
}

/** Every section inherits `[DEFAULT]`. Its endpoint does not count, as with `[default]`. */
function sessionSettings({ config, name, header, keys }: SessionSource): SettingSources {
  const inherited = config.inheritedBySession(name ?? "");
  const own = new Map([...keys].filter(([key]) => !inherited.has(key)));
  const others = [...keys].filter(([key]) => inherited.has(key));
  return { own: { header, keys: own }, defaults: new Map([...others, ...config.defaults]) };
}

/** File and header: the beginning of a message. */
export function shownPlace({ path, header }: Place): string {
  return `${path}: ${header}`;
}

/** The region becomes part of host names. */
function checkedRegion(region: string, where: string, isFree: boolean): string {
  if (isFree && /^[a-z0-9-]+$/.test(region)) return region;
  const problem = regionProblem(region);
  if (problem === undefined) return region;
  throw new SsoCredError("config", `${where}: sso_region ${printable(region)} ${problem}`);
}

function loginMode(key = "", where: string, variable = ""): LoginMode | undefined {
  const text = variable || key;
  if (text === "" || isLoginMode(text)) return text || undefined;
  const wrong = `is ${printableWithHidden(text)}; use ${MODES.join(", ")}`;
  if (variable) throw new SsoCredError("usage", `SSO_CRED_LOGIN ${wrong}`);
  throw new SsoCredError("config", `${where}: sso_cred_login ${wrong}`);
}

/** The scope that the AWS CLI requests when the session names none. */
export const DEFAULT_SCOPES = ["sso:account:access"];

/** The scopes that a session names. To the AWS CLI, an empty list names none. */
export function namedScopes({ scopes }: Pick<SsoSession, "scopes">): string[] | undefined {
  return scopes?.length ? scopes : undefined;
}

const MODES: readonly LoginMode[] = ["auto", "browser", "device", "never"];

export function isLoginMode(text: string): text is LoginMode {
  return (MODES as readonly string[]).includes(text);
}

/** Lists at most ten names: a config may have thousands. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, 10).map((name) => printable(name));
  const rest = names.length - shown.length;
  return `${shown.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}

/** The session as a command-line argument. A name that looks like a flag needs `--sso-session=`. */
export function sessionArgument(name: string): string {
  return name.startsWith("-") ? `--sso-session=${shellWord(name)}` : shellWord(name);
}

export function profileArgument(name: string): string {
  return name.startsWith("-") ? `--profile=${shellWord(name)}` : `--profile ${shellWord(name)}`;
}
