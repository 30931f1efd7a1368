import { printable } from "../../text/printable.ts";
import { failingClients } from "../clients.ts";
import type { ConfigKey, ConfigSection } from "../configFile.ts";
import type { Facts } from "../facts.ts";
import { type Finding, finding } from "../report.ts";
import { KNOWN_KEYS } from "./config.ts";

/** Values with a check of their own, which refuses quotes. */
const CHECKED = ["credential_process", "sso_start_url", "sso_region", "sso_session"];

/** Checks headers and keys that sso-cred understands and some other client does not. */
export function* checkDialects({ config }: Facts): Generator<Finding> {
  for (const section of config.sections) {
    if (section.kind !== "profile" && section.kind !== "sso-session") continue;
    yield* headerFindings(section, config.path);
    for (const [at, key] of section.keys.entries())
      yield* keyFindings(section, key, section.keys[at - 1], config.path);
  }
  yield* twoDefaults(config.sections, config.path);
}

function* twoDefaults(sections: readonly ConfigSection[], path: string): Generator<Finding> {
  const defaults = sections.filter(({ kind, name }) => kind === "profile" && name === "default");
  const bare = defaults.find(({ header }) => /^\[\s*default/.test(header));
  const long = defaults.find((section) => section !== bare && /^\[\s*profile/.test(section.header));
  if (bare === undefined || long === undefined) return;
  yield finding("section-duplicate", "error", `${path}:${bare.line}`, {
    found: `the profile default appears twice: [default] in line ${bare.line}, [profile default] in line ${long.line}`,
    why: "the AWS CLI and boto3 use the later one, the other clients [profile default]; no client uses both",
    fix: "merge the two sections",
  });
}

function* headerFindings({ header, line }: ConfigSection, path: string): Generator<Finding> {
  const [situation, what] = /^\[\s/.test(header)
    ? (["headerSpaced", "a space after the bracket"] as const)
    : /^\[[\w-]+\s{2}/.test(header)
      ? (["headerTwoBlanks", "more than one space before the name"] as const)
      : /\][^\s\]]/.test(header)
        ? (["headerWithText", "text right after the bracket"] as const)
        : [];
  if (situation === undefined) return;
  yield finding("section-spacing", "error", `${path}:${line}`, {
    found: `the header ${printable(header)} has ${what}`,
    why: `${failingClients(situation)} read no section there`,
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
  { key, value, line, indent, hasComment }: ConfigKey,
  above: ConfigKey | undefined,
  path: string,
): Generator<Finding> {
  const title = `${printable(key)} of ${printable(section.header.replace(/\].*$/, "]"))}`;
  const where = `${path}:${line}`;
  if (above !== undefined && above.value !== "" && indent > above.indent)
    yield finding("key-indented", "error", where, {
      found: `${title} is indented below ${printable(above.key)}`,
      why: `to ${failingClients("keyIndented")} it is part of the value above`,
      fix: "remove the spaces at the start of the line",
    });
  if (!KNOWN_KEYS.includes(key.toLowerCase())) return;
  if (hasComment)
    yield finding("value-comment", "error", where, {
      found: `${title} has a comment after its value`,
      why: `to ${failingClients("valueWithComment")} the comment is part of the value`,
      fix: "put the comment on its own line",
    });
  if (/^(["']).*\1$/.test(value) && !CHECKED.includes(key.toLowerCase()))
    yield finding("value-quoted", "error", where, {
      found: `${title} is in quotes`,
      why: `to ${failingClients("valueInQuotes")} the quotes are part of the value`,
      fix: "remove the quotes",
    });
}
