import { printable } from "../text/printable.ts";
import { describeSituation, failingClients } from "./clients.ts";
import { KNOWN_KEYS } from "./config.ts";
import { type ConfigKey, type ConfigSection, type ConfigText, keyOf } from "./configFile.ts";
import { type Finding, finding } from "./report.ts";

/** Values with a check of their own, which refuses quotes. */
const CHECKED = ["credential_process", "sso_start_url", "sso_region", "sso_session"];

/** Checks headers and keys that sso-cred understands and some other client does not. */
export function* checkDialects({ sections }: ConfigText): Generator<Finding> {
  for (const section of sections) {
    if (section.kind !== "profile" && section.kind !== "sso-session") continue;
    yield* headerFindings(section);
    for (const [at, key] of section.keys.entries()) yield* keyFindings(section, key, section.keys[at - 1]);
  }
  yield* twoDefaults(sections);
}

function* twoDefaults(sections: readonly ConfigSection[]): Generator<Finding> {
  const defaults = sections.filter(({ kind, name }) => kind === "profile" && name === "default");
  const bare = defaults.find(({ header }) => /^\[\s*default/.test(header));
  const long = defaults.find((section) => section !== bare && /^\[\s*profile/.test(section.header));
  if (bare === undefined || long === undefined) return;
  yield finding("section-duplicate", "error", bare.where, {
    found: `the profile default appears twice: [default] in line ${bare.line}, [profile default] in line ${long.line}`,
    why: "the AWS CLI and boto3 use the later one, the other clients [profile default]; no client uses both",
    fix: "merge the two sections",
  });
}

/** Headers that only some clients read. */
const SPACINGS = [
  { pattern: /^\[\s/, what: "a space after the bracket", situation: "headerSpaced" },
  { pattern: /^\[[\w-]+\s{2}/, what: "more than one space before the name", situation: "headerTwoBlanks" },
  { pattern: /\][^\s\]]/, what: "text right after the bracket", situation: "headerWithText" },
] as const;

function* headerFindings({ header, where }: ConfigSection): Generator<Finding> {
  const spacing = SPACINGS.find(({ pattern }) => pattern.test(header));
  if (spacing === undefined) return;
  yield finding("section-spacing", "error", where, {
    found: `the header ${printable(header)} has ${spacing.what}`,
    why: `${failingClients(spacing.situation)} read no section there`,
    fix: `write ${printable(
      header
        .replace(/^\[\s+/, "[")
        .replace(/\s+(?=\S+\s*\])/, " ")
        .replace(/\s*\].*$/, "]"),
    )}`,
  });
}

function* keyFindings(
  section: ConfigSection,
  { key, name, value, where, indent, hasComment }: ConfigKey,
  above: ConfigKey | undefined,
): Generator<Finding> {
  const title = `${printable(key)} of ${printable(section.header.replace(/\].*$/, "]"))}`;
  if (above !== undefined && above.value !== "" && indent > above.indent)
    yield finding("key-indented", "error", where, {
      found: `${title} is indented below ${printable(above.key)}`,
      why: `to ${failingClients("keyIndented")} it is part of the value above`,
      fix: "remove the spaces at the start of the line",
    });
  if (!KNOWN_KEYS.includes(name)) return;
  if (hasComment)
    yield finding("value-comment", "error", where, {
      found: `${title} has a comment after its value`,
      why: `to ${failingClients("valueWithComment")} the comment is part of the value`,
      fix: "put the comment on its own line",
    });
  if (/^(["']).*\1$/.test(value) && !CHECKED.includes(name))
    yield finding("value-quoted", "error", where, {
      found: `${title} is in quotes`,
      why: `to ${failingClients("valueInQuotes")} the quotes are part of the value`,
      fix: "remove the quotes",
    });
}

const ROLE_FIX = "move credential_process to another profile, and name that profile as source_profile here";
const SSO_FIX = "remove the sso_* keys from the profile";
const KEYS_FIX = "remove aws_access_key_id, aws_secret_access_key and aws_session_token from the profile";
const SSO_KEYS = ["sso_account_id", "sso_role_name", "sso_session"];
const STATIC_KEYS = ["aws_access_key_id"];

/** What a profile must not have beside `credential_process`. */
const BESIDE_PROCESS = [
  { id: "profile-process-and-sso", names: SSO_KEYS, situation: "processAndSso", fix: SSO_FIX },
  { id: "profile-process-and-role", names: ["role_arn"], situation: "processAndRole", fix: ROLE_FIX },
  { id: "profile-process-and-keys", names: STATIC_KEYS, situation: "processAndKeysInConfig", fix: KEYS_FIX },
] as const;

/** The same for a profile with `sso_*` keys only. */
const BESIDE_SSO = [
  { id: "profile-sso-and-keys", names: STATIC_KEYS, situation: "ssoAndKeysInConfig", fix: KEYS_FIX },
] as const;

/** Finds profiles with more than one source of credentials. */
export function* checkSources(section: ConfigSection, credentials: ConfigText): Generator<Finding> {
  const isProcess = keyOf(section, "credential_process") !== undefined;
  const first = isProcess
    ? "credential_process"
    : ["sso_account_id", "sso_role_name"].find((name) => keyOf(section, name) !== undefined);
  if (first === undefined) return;
  const title = `profile '${printable(section.name)}'`;
  for (const { id, names, situation, fix } of isProcess ? BESIDE_PROCESS : BESIDE_SSO) {
    const key = names.map((name) => keyOf(section, name)).find((one) => one !== undefined);
    if (key !== undefined)
      yield finding(id, "error", key.where, {
        found: `${title} has ${first} and ${key.key}`,
        why: describeSituation(situation),
        fix,
      });
  }
  const other = credentials.sections.find(({ name }) => name === section.name);
  const stored = other && keyOf(other, "aws_access_key_id");
  if (stored !== undefined)
    yield finding("profile-keys-in-credentials", "error", stored.where, {
      found: `${title} has static keys in ${credentials.path}`,
      why: describeSituation(isProcess ? "processAndKeysInCredentials" : "ssoAndKeysInCredentials"),
      fix: `remove the section [${printable(section.name)}] from ${credentials.path}`,
    });
}
