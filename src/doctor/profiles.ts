import { isOurProgram, ourCommandFault, readOurCommand, readOurProfile } from "../config/ourCommand.ts";
import { KNOWN_REGIONS, nearestRegion, regionProblem } from "../config/regions.ts";
import { isMeantAs, shownHeader } from "../config/slips.ts";
import { startUrlProblem } from "../config/urls.ts";
import { splitUntilComment } from "../text/commandWords.ts";
import { printable } from "../text/printable.ts";
import { nearest } from "../text/words.ts";
import { failingClients } from "./clients.ts";
import { type ConfigFiles, type ConfigSection, type ConfigText, keyOf, sectionsOf } from "./configFile.ts";
import { checkSources } from "./dialects.ts";
import { type Finding, finding } from "./report.ts";

/** Names that every SDK reads (the JavaScript SDK knows fewest). */
const PORTABLE = /^[\w.@/%:+-]+$/;

/** Checks how the AWS clients read each profile of ours and each profile with sso_* keys. */
export function* checkProfiles(files: ConfigFiles, hasCommand: boolean): Generator<Finding> {
  const { config, credentials } = files;
  for (const section of sectionsOf(config, "profile")) {
    yield* emptyCommand(section);
    yield* sourceProfile(section, files);
    if (!runsOurs(section) && !has(section, /^sso_/)) continue;
    yield* checkSources(section, credentials);
    yield* usesOf(section, config);
  }
  for (const section of sectionsOf(credentials, "profile"))
    if (runsOurs(section)) yield* usesOf(section, config);
  const sessions = sectionsOf(config, "sso-session");
  for (const section of sessions) yield* sessionKeys(section);
  if (config.fault === undefined && !hasCommand)
    yield finding("no-profile", "note", config.path, {
      found: "no profile runs sso-cred yet",
      why: "tools get their credentials elsewhere",
      run: sessions.length > 0 ? `sso-cred init ${sessions[0]?.name}` : "sso-cred init",
    });
}

function* emptyCommand(section: ConfigSection): Generator<Finding> {
  const line = keyOf(section, "credential_process");
  if (line?.value !== "") return;
  yield finding("command-missing", "error", line.where, {
    found: `credential_process of ${titleOf(section)} is empty`,
    why: "no client gets credentials from it",
    fix: "write the command after it, or remove the line",
  });
}

/** A role that is assumed with the credentials of another profile, such as one of ours. */
function* sourceProfile(section: ConfigSection, { config, credentials }: ConfigFiles): Generator<Finding> {
  const source = keyOf(section, "source_profile");
  const files = [config, credentials];
  const profiles = files.flatMap((file) => sectionsOf(file, "profile").map(({ name }) => name));
  if (source === undefined || profiles.includes(source.value)) return;
  const meant = nearest(source.value, profiles);
  yield finding("source-profile-missing", "error", source.where, {
    found: `${titleOf(section)} takes its credentials from the profile '${printable(source.value)}', which does not exist`,
    why: "every client fails",
    fix: meant === undefined ? "correct source_profile" : `did you mean ${printable(meant)}?`,
  });
}

/** What the line lacks to name a role. A line that names its own profile needs sso_* keys there. */
function lineFault(section: ConfigSection, value: string): string | undefined {
  const isCircular = readOurProfile(value) === section.name && !has(section, /^sso_/);
  return isCircular ? "names this profile itself, which has no role" : ourCommandFault(value);
}

/** Checks the line, the session and the name of a profile in either file. */
function* usesOf(section: ConfigSection, config: ConfigText): Generator<Finding> {
  const line = keyOf(section, "credential_process");
  const fault = line && lineFault(section, line.value);
  if (fault !== undefined)
    yield finding("command-arguments", "error", line?.where, {
      found: `the command of ${titleOf(section)} ${printable(fault)}`,
      why: "every call fails",
      fix: "write SESSION --account-id ID --role-name ROLE after sso-cred",
    });
  yield* sessionOf(section, config);
  yield* names(section);
}

function* sessionOf(section: ConfigSection, config: ConfigText): Generator<Finding> {
  const line = keyOf(section, "credential_process");
  const ours = readOurCommand(line?.value);
  const key = keyOf(section, "sso_session");
  const { where } = (ours ? line : key) ?? section;
  const name = ours?.session ?? key?.value;
  const session = sectionsOf(config, "sso-session").find((one) => one.name === name);
  // A profile without a session of its own needs all four keys.
  if (name === undefined && has(section, /^sso_/))
    yield* incomplete(section, where, ["sso_start_url", "sso_region", "sso_account_id", "sso_role_name"]);
  // With neither, a profile only names who signs in.
  if (session !== undefined && key !== undefined && has(section, /^sso_(account_id|role_name)$/))
    yield* incomplete(section, where, ["sso_account_id", "sso_role_name"]);
  if (session !== undefined && key !== undefined) yield* repeatedKeys(section, session);
  if (name !== undefined && session === undefined) yield* missingSession(section, name, where, config);
}

function* missingSession(section: ConfigSection, name: string, where: string, config: ConfigText) {
  // The check of the header names what has to be written there.
  if (sectionsOf(config, "other").some(({ header }) => isMeantAs(header, "sso-session", name))) return;
  const sessions = sectionsOf(config, "sso-session").map((session) => session.name);
  const meant = nearest(name, sessions);
  yield finding("session-missing", "error", where, {
    found: `${titleOf(section)} names the session '${printable(name)}', which does not exist${meant ? `: did you mean ${meant}?` : ""}`,
    why: "no client can sign in",
    ...(meant ? { fix: `write ${meant}` } : { run: `sso-cred init ${printable(name)}` }),
  });
}

function* repeatedKeys(section: ConfigSection, session: ConfigSection): Generator<Finding> {
  for (const name of ["sso_start_url", "sso_region"]) {
    const copy = keyOf(section, name);
    if (copy === undefined) continue;
    const isSame = copy.value === keyOf(session, name)?.value;
    yield finding("session-repeated", isSame ? "warning" : "error", copy.where, {
      found: `${titleOf(section)} repeats ${name} of its session${isSame ? "" : ", with another value"}`,
      why: `the profile does not work in ${failingClients(isSame ? "sessionRepeated" : "sessionContradicted")}`,
      fix: `remove ${name} from the profile`,
    });
  }
}

function* incomplete(section: ConfigSection, where: string, keys: readonly string[]): Generator<Finding> {
  const missing = keys.filter((key) => !keyOf(section, key)?.value);
  if (missing.length === 0) return;
  yield finding("profile-incomplete", "error", where, {
    found: `${titleOf(section)} has no ${missing.join(", no ")}`,
    why: "no client can get credentials for it",
    fix: `add ${missing.join(" and ")}`,
  });
}

function* sessionKeys(section: ConfigSection): Generator<Finding> {
  const title = shownHeader("sso-session", section.name);
  const missing = ["sso_start_url", "sso_region"].filter((key) => !keyOf(section, key)?.value);
  if (missing.length > 0)
    yield finding("session-incomplete", "error", section.where, {
      found: `${title} has no ${missing.join(" and no ")}`,
      why: "no client can sign in",
      fix: `add ${missing.join(" and ")}`,
    });
  yield* regionFindings(section);
  const scopes = keyOf(section, "sso_registration_scopes");
  // RFC 6749, section 3.3: a scope contains no space.
  if (scopes?.value.split(",").some((scope) => /\s/.test(scope.trim())))
    yield finding("session-scopes", "error", scopes.where, {
      found: `sso_registration_scopes of ${title} has a scope with a space in it`,
      why: "a scope contains no space (RFC 6749), so the sign-in is refused",
      fix: "separate the scopes with commas",
    });
  const url = keyOf(section, "sso_start_url");
  const urlProblem = url?.value ? startUrlProblem(url.value) : undefined;
  if (url !== undefined && urlProblem !== undefined)
    yield finding("session-start-url", "error", url.where, {
      found: `sso_start_url of ${title} ${urlProblem}`,
      why: "no client can sign in",
      fix: "write it as https://d-1234567890.awsapps.com/start, without quotes",
    });
}

/** A region may be newer than this program, so a plausible one only gets a warning. */
function* regionFindings(section: ConfigSection): Generator<Finding> {
  const { value = "", where } = keyOf(section, "sso_region") ?? {};
  if (value === "") return;
  const problem = regionProblem(value);
  const meant = problem === undefined && !KNOWN_REGIONS.includes(value) ? nearestRegion(value) : undefined;
  const words = problem ?? (meant && `is not a region that this version knows; did you mean ${meant}?`);
  if (words === undefined) return;
  yield finding("session-region", problem === undefined ? "warning" : "error", where, {
    found: `sso_region of ${shownHeader("sso-session", section.name)}: ${printable(value)} ${words}`,
    why: "the service has no address in a region that does not exist",
    fix: "correct sso_region; the address of your access portal shows it, or ask your administrator",
  });
}

function* names({ name, where }: ConfigSection): Generator<Finding> {
  if (PORTABLE.test(name) && !/^[-.]/.test(name)) return;
  yield finding("profile-name", "warning", where, {
    found: `some clients cannot read the profile name '${printable(name)}'`,
    why: "the JavaScript SDK reads only A-Z, a-z, 0-9 and _ . @ / % : + -, and a name that begins with - looks like an option",
    fix: "give the profile another name",
  });
}

function titleOf({ name }: ConfigSection): string {
  return `profile '${printable(name)}'`;
}

function runsOurs(section: ConfigSection): boolean {
  const value = keyOf(section, "credential_process")?.value ?? "";
  return isOurProgram(splitUntilComment(value)[0] ?? "");
}

function has({ keys }: ConfigSection, pattern: RegExp): boolean {
  return keys.some(({ name }) => pattern.test(name));
}
