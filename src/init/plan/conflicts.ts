import { parseConfig } from "../../config/ini.ts";
import { DEFAULT_SCOPES, listed, sessionArgument } from "../../config/session.ts";
import { shownHeader } from "../../config/slips.ts";
import { shownUrl } from "../../config/urls.ts";
import { SsoCredError } from "../../errors.ts";
import type { Role } from "../../model.ts";
import { shellWord } from "../../text/commandWords.ts";
import { printable } from "../../text/printable.ts";
import { words } from "../../text/words.ts";
import { profilesToOffer } from "./adoption.ts";
import type { Files, SessionKeys } from "./planInput.ts";

/** Keys in the credentials file that take precedence over credential_process in some SDK. */
const STRONGER = words(`
  aws_access_key_id aws_secret_access_key credential_process sso_account_id sso_role_name`);

/**
 * @throws SsoCredError("config") if a name belongs to a profile that is neither adopted nor ours
 * for the session, or if the credentials file has overriding keys for it.
 */
export function assertNamesAreFree(
  files: Files,
  names: readonly string[],
  options: SessionKeys,
  adopted?: ReadonlyMap<string, Role>,
): void {
  const others = names.filter((name) => !adopted?.has(name));
  const foreign = foreignNames(files, others, options.session);
  if (foreign.length > 0) {
    const offered = profilesToOffer(files, options);
    const line = ["sso-cred init", sessionArgument(options.session), ...newSessionFlags(files, options)];
    const remedy = foreign.every((name) => offered.has(name)) ? { run: `${line.join(" ")} --adopt` } : {};
    const message = `${files.configPath} already has ${headers(foreign)}, not written for this session; choose other names with --profile-name`;
    throw new SsoCredError("config", message, { remedy });
  }
  const stronger = strongerKeys(names, files);
  if (stronger === undefined) return;
  throw new SsoCredError("config", `${stronger}; remove it there or choose another --profile-name`);
}

/** The flags, as typed in a shell, for a session that is not in the config yet; else none. */
export function newSessionFlags({ sessions }: Files, { session, sessionKeys }: SessionKeys): string[] {
  if (sessions.has(session)) return [];
  return Object.entries({
    "--start-url": sessionKeys.get("sso_start_url"),
    "--sso-region": sessionKeys.get("sso_region"),
    "--scopes": sessionKeys.get("sso_registration_scopes"),
  }).flatMap(([flag, value]) => (value === undefined ? [] : [`${flag} ${shellWord(value)}`]));
}

/** Why these names are taken, for a person who can choose others; undefined if free. */
export function describeConflict(files: Files, names: readonly string[], session: string) {
  const foreign = foreignNames(files, names, session);
  if (foreign.length === 0) return strongerKeys(names, files);
  return `The config already has ${headers(foreign)}, not written for this session`;
}

function headers(names: readonly string[]): string {
  return listed(names.map((name) => shownHeader("profile", name)));
}

function foreignNames(current: Files, names: readonly string[], session: string): string[] {
  return names.filter(
    (name) =>
      current.profiles.has(name) &&
      current.ours.get(name)?.session !== session &&
      !isUnclaimed(current, name),
  );
}

/** True for a `[default]` with only region or output: no tool owns it, so it can become ours. */
export function isUnclaimed(current: Files, name: string): boolean {
  const keys = current.profiles.get(name);
  const isSetting = (key: string) => key === "region" || key === "output";
  return name === "default" && keys !== undefined && [...keys.keys()].every(isSetting);
}

function strongerKeys(names: readonly string[], files: Files): string | undefined {
  const wanted = new Set(names);
  const stronger = parseConfig(files.credentialsText, "credentials").filter(
    ({ kind, name, keys }) => kind === "profile" && wanted.has(name) && STRONGER.some((key) => keys.has(key)),
  );
  if (stronger.length === 0) return undefined;
  const key = STRONGER.find((each) => stronger[0]?.keys.has(each));
  const sections = listed(stronger.map(({ name }) => `[${printable(name, 64)}]`));
  return `${files.credentialsPath} has ${key} for ${sections}, which wins over credential_process`;
}

/** @throws SsoCredError("config") if a flag contradicts the existing `[sso-session]`. */
export function assertSessionMatches({ sessions, configPath }: Files, options: SessionKeys): void {
  const keys = sessions.get(options.session);
  if (keys === undefined) return;
  for (const [key, value] of options.sessionKeys) {
    const isScopes = key === "sso_registration_scopes";
    const there = keys.get(key) ?? (isScopes ? DEFAULT_SCOPES.join(",") : "");
    // An empty list of scopes is a value; an empty URL or region is not.
    if ((there === "" && !isScopes) || normal(there) === normal(value)) continue;
    const message =
      `[sso-session ${printable(options.session, 64)}] in ${configPath} has ${key} = ${shownUrl(there) || "nothing"}, not ${shownUrl(value)}; ` +
      "edit it there, or use another session name";
    throw new SsoCredError("config", message);
  }
}

/** Ignores spaces around the commas of a list of scopes. */
function normal(value: string): string {
  return value.replace(/\s*,\s*/g, ",").trim();
}
