import { printable } from "../../text/printable.ts";
import { describeSituation } from "../clients.ts";
import { type ConfigSection, keyOf } from "../configFile.ts";
import type { Facts } from "../facts.ts";
import { type Finding, finding } from "../report.ts";

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
export function* sources(section: ConfigSection, { config, credentials }: Facts): Generator<Finding> {
  const isProcess = keyOf(section, "credential_process") !== undefined;
  const first = isProcess
    ? "credential_process"
    : ["sso_account_id", "sso_role_name"].find((name) => keyOf(section, name) !== undefined);
  if (first === undefined) return;
  const title = `profile '${printable(section.name)}'`;
  for (const { id, names, situation, fix } of isProcess ? BESIDE_PROCESS : BESIDE_SSO) {
    const key = names.map((name) => keyOf(section, name)).find((one) => one !== undefined);
    if (key !== undefined)
      yield finding(id, "error", `${config.path}:${key.line}`, {
        found: `${title} has ${first} and ${key.key}`,
        why: describeSituation(situation),
        fix,
      });
  }
  const other = credentials.sections.find(({ name }) => name === section.name);
  const stored = other && keyOf(other, "aws_access_key_id");
  if (stored !== undefined)
    yield finding("profile-keys-in-credentials", "error", `${credentials.path}:${stored.line}`, {
      found: `${title} has static keys in ${credentials.path}`,
      why: describeSituation(isProcess ? "processAndKeysInCredentials" : "ssoAndKeysInCredentials"),
      fix: `remove the section [${printable(section.name)}] from ${credentials.path}`,
    });
}
