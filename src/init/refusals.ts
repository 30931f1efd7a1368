import { parseConfig } from "../config/ini.ts";
import { SsoCredError } from "../errors.ts";
import { printable } from "../text.ts";
import { type CurrentConfig, ssoProfileRole } from "./currentConfig.ts";
import type { Files, Wishes } from "./wishes.ts";

const DEFAULT_SCOPES = "sso:account:access";

/** Keys of the credentials file that some SDK prefers to a credential_process in the config. */
const STRONGER = [
  "aws_access_key_id",
  "aws_secret_access_key",
  "credential_process",
  "sso_account_id",
  "sso_role_name",
];

/** @throws SsoCredError("config") when one of the names belongs to a profile that is not ours for this session. */
export function refuseForeign(
  current: CurrentConfig,
  names: readonly string[],
  session: string,
  path: string,
): void {
  const foreign = names.filter(
    (name) => current.profiles.has(name) && current.ours.get(name)?.session !== session,
  );
  if (foreign.length === 0) return;
  const canAdopt = foreign.every((name) => ssoProfileRole(current.profiles.get(name) ?? new Map(), session));
  throw new SsoCredError(
    "config",
    `${path} already has ${list(foreign.map(header))}, not written for this session; choose other names with --profile-name`,
    canAdopt ? { remedy: { run: `sso-cred init ${session} --adopt` } } : {},
  );
}

/** @throws SsoCredError("config") when the credentials file has keys for one of the names that would win. */
export function refuseStaticKeys(names: readonly string[], files: Files): void {
  const wanted = new Set(names);
  const stronger = parseConfig(files.credentialsText, "credentials").filter(
    ({ kind, name, keys }) => kind === "profile" && wanted.has(name) && STRONGER.some((key) => keys.has(key)),
  );
  if (stronger.length === 0) return;
  const key = STRONGER.find((each) => stronger[0]?.keys.has(each));
  throw new SsoCredError(
    "config",
    `${files.credentialsPath} has ${key} for ${list(stronger.map(({ name }) => `[${printable(name, 64)}]`))}, which wins over ` +
      "credential_process; remove it there or choose another --profile-name",
  );
}

/** @throws SsoCredError("config") when a flag says something else than the `[sso-session]` that is there. */
export function refuseSessionConflicts(current: CurrentConfig, wishes: Wishes, path: string): void {
  const keys = current.sessions.get(wishes.session);
  if (keys === undefined) return;
  for (const [key, value] of wishes.sessionKeys) {
    const there = keys.get(key) ?? (key === "sso_registration_scopes" ? DEFAULT_SCOPES : undefined);
    if (!there || normal(there) === normal(value)) continue;
    throw new SsoCredError(
      "config",
      `[sso-session ${printable(wishes.session, 64)}] in ${path} has ${key} = ${printable(there, 200)}, not ${printable(value, 200)}; ` +
        "edit it there, or use another session name",
    );
  }
}

/** Blanks around the commas of a list of scopes say nothing. */
function normal(value: string): string {
  return value.replace(/\s*,\s*/g, ",").trim();
}

function header(name: string): string {
  return name === "default" ? "[default]" : `[profile ${printable(name, 64)}]`;
}

function list(names: readonly string[]): string {
  const more = names.length - 10;
  return names.slice(0, 10).join(", ") + (more > 0 ? ` and ${more} more` : "");
}
