import { meantHeader, shownHeader, shownKey } from "../config/slips.ts";
import { shellWord } from "../text/commandWords.ts";
import { printable } from "../text/printable.ts";
import { shownLine } from "../text/redact.ts";
import { nearest, words } from "../text/words.ts";
import { failingClients } from "./clients.ts";
import { type ConfigFiles, type ConfigSection, type ConfigText, sectionsOf } from "./configFile.ts";
import { type Finding, finding } from "./report.ts";

/** Keys whose misspelling costs a sign-in. No other tool has a similar key. */
export const KNOWN_KEYS = words(`
  credential_process sso_session sso_start_url sso_region sso_account_id sso_role_name
  sso_registration_scopes region output endpoint_url services ca_bundle role_arn source_profile`);
/** Real keys of other features that look like a misspelling of one above. */
const OTHER_KEYS = new Set(["sso_cred_login", "sso_cred_wait", "sso_cred_cache", "regions", "service"]);

const WHOLE_FILE = `${failingClients("sectionTwice")} refuse the whole file, so no profile works there`;

/** Checks the files as text, without regard to profiles. */
export function* checkConfig(files: ConfigFiles, platform: NodeJS.Platform): Generator<Finding> {
  const { config, credentials } = files;
  yield* encodings(config, platform);
  yield* encodings(credentials, platform);
  yield* slips(config);
  yield* rejectedLines(config);
  yield* longHeaders(credentials);
  yield* rejectedLines(credentials);
  yield* misspeltKeys(config);
}

function* encodings({ path, fault, run, encoding }: ConfigText, platform: NodeJS.Platform) {
  if (fault !== undefined && fault !== "missing")
    yield finding("config-unreadable", "error", path, {
      found: `${path} ${fault}`,
      why: "no tool can read its profiles",
      run: run ?? (platform === "win32" ? `dir "${path}"` : `ls -l ${shellWord(path)}`),
    });
  if (encoding === "UTF-16" && run !== undefined)
    yield finding("config-encoding", "error", path, {
      found: `${path} is UTF-16, as PowerShell's > writes it`,
      why: "no AWS tool reads it",
      run,
    });
  if (encoding === "byte order mark")
    yield finding("config-encoding", "error", `${path}:1`, {
      found: `${path} begins with a byte order mark`,
      why: WHOLE_FILE,
      fix: "save it as UTF-8 without a byte order mark",
    });
  if (encoding === "not UTF-8")
    yield finding("config-encoding", "warning", path, {
      found: `${path} contains bytes that are not UTF-8`,
      why: "some SDKs refuse the file, others misread those lines",
      fix: "save it as UTF-8",
    });
}

/** Headers that were probably meant to be another one. */
function* slips(config: ConfigText): Generator<Finding> {
  for (const { name, header, where, keys } of sectionsOf(config, "other")) {
    if (!header.includes("]")) {
      const found = `the header ${printable(header)} has no closing bracket`;
      yield { id: "section-unclosed", severity: "error", found, where, why: WHOLE_FILE, fix: "add the ]" };
    } else if (keys.some((key) => KNOWN_KEYS.includes(key.name)))
      yield finding("section-not-a-profile", "error", where, {
        found: `the section [${printable(name)}] is not read as a profile or a session`,
        why: "in the config file, AWS tools read only [profile NAME], [default] and [sso-session NAME]",
        fix: `write ${meantHeader(header) ?? shownHeader(isSession(keys) ? "sso-session" : "profile", name)}`,
      });
  }
}

/** True for keys of a session; a legacy profile has an account, too. */
function isSession(keys: ConfigSection["keys"]): boolean {
  const has = (name: string) => keys.some((key) => key.name === name);
  return has("sso_start_url") && !has("sso_account_id") && !has("credential_process");
}

/** The credentials file has plain names in its headers. */
function* longHeaders({ sections }: ConfigText): Generator<Finding> {
  for (const { header, where } of sections) {
    const [, name] = /^\[\s*profile\s+(.*?)\s*\]/.exec(header) ?? [];
    if (name === undefined) continue;
    yield finding("section-not-a-profile", "error", where, {
      found: `the section [profile ${printable(name)}] is not read as the profile ${printable(name)}`,
      why: "in the credentials file, a header contains only the name",
      fix: `write [${printable(name)}]`,
    });
  }
}

/** Lines that Python's strict parser rejects. */
function* rejectedLines({ sections, strayLines }: ConfigText): Generator<Finding> {
  for (const { where, text } of strayLines)
    yield finding("line-malformed", "error", where, {
      found: `the line ${JSON.stringify(printable(shownLine(text), 60))} is not of the form key = value`,
      why: WHOLE_FILE,
      fix: "correct or remove the line",
    });
  const seen = new Map<string, number>();
  for (const { header, line, where, keys } of sections) {
    const id = header.replace(/\].*$/, "]");
    const first = seen.get(id);
    if (first !== undefined)
      yield finding("section-duplicate", "error", where, {
        found: `${printable(id)} appears twice, in lines ${first} and ${line}`,
        why: `${WHOLE_FILE}; the other SDKs merge the two`,
        fix: "merge the two sections",
      });
    else seen.set(id, line);
    yield* duplicateKeys(keys);
  }
}

function* duplicateKeys(keys: ConfigSection["keys"]): Generator<Finding> {
  const seen = new Map<string, number>();
  for (const { name, line, where } of keys) {
    const first = seen.get(name);
    if (first !== undefined)
      yield finding("key-duplicate", "error", where, {
        found: `${printable(name)} appears twice in one section, in lines ${first} and ${line}`,
        why: `${WHOLE_FILE}; the other SDKs take the last`,
        fix: "remove one of the two lines",
      });
    else seen.set(name, line);
  }
}

function* misspeltKeys({ sections }: ConfigText): Generator<Finding> {
  for (const { header, keys } of sections.filter(({ kind }) => kind !== "services"))
    for (const { key, name, where } of keys) {
      const isKnown = KNOWN_KEYS.includes(name);
      if (isKnown && key !== name)
        yield finding("key-case", "warning", where, {
          found: `the key ${printable(key)} is not in lower case`,
          why: `${failingClients("keyInUpperCase")} do not read it`,
          fix: `write ${name}`,
        });
      const meant = isKnown || OTHER_KEYS.has(name) ? undefined : nearest(name, KNOWN_KEYS);
      if (meant !== undefined)
        yield finding("key-misspelt", "error", where, {
          found: `${printable(header)} has the key ${shownKey(key)}: did you mean ${meant}?`,
          why: "every AWS tool ignores a key that it does not know",
          fix: `rename it to ${meant}`,
        });
    }
}
