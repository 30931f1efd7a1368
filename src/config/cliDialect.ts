import { SsoCredError } from "../errors.ts";
import { splitQuoted } from "../text/commandWords.ts";
import { printable } from "../text/printable.ts";
import type { Config, Place } from "./configFile.ts";
import { type ConfigFile, findSection, type Keys, type NamedKind, type SectionName } from "./ini.ts";
import { linesOf } from "./layout.ts";
import { isIgnored, readOption, readValue } from "./option.ts";
import { shownHeader } from "./slips.ts";
import { shownUrl } from "./urls.ts";

/** The keys that decide whose credentials a profile gives. */
const CRITICAL = ["sso_account_id", "sso_role_name", "sso_start_url", "sso_session", "credential_process"];

/** A header that all readers understand in the same way. */
const PLAIN_HEADER = /^\[(?:default|(?:profile (?!default\])|sso-session )[\w.@%:+/-]+)\]$/;

/** The same for the credentials file, where a header contains only the name. */
const PLAIN_NAME = /^\[[\w.@%:+/-]+(?: [\w.@%:+/-]+)*\]$/;

interface CliValue {
  readonly key: string;
  value: string;
  line: number;
  /** An earlier value of the same key in the same section, for which the CLI refuses the file. */
  earlier?: CliValue;
}

interface Target extends SectionName {
  readonly file: ConfigFile;
}

type ConfigText = Pick<Config, "text" | "path">;

/**
 * Rejects layouts in which the AWS CLI reads another account than the SDKs, which we follow: a key
 * that is indented below another one, a section that is written in two ways, `[default]` after
 * `[profile default]`. Also rejects two values of one key.
 * @throws SsoCredError("config") naming both readings if they choose different accounts, roles or
 * start URLs.
 */
export function assertCliReadsAlike({ text, path }: ConfigText, kind: NamedKind, name: string): void {
  assertAlike(text, { path, header: shownHeader(kind, name) }, { file: "config", kind, name });
}

/** The same for the keys of the credentials file, which override those of a profile. */
export function assertCliOverridesAlike(config: Config, name: string): void {
  const { text, credentialsPath, credentialsText } = config;
  const place = { path: credentialsPath, header: `[${printable(name)}]` };
  const overridden = findSection(text, "config", "profile", name)?.keys;
  assertAlike(credentialsText, place, { file: "credentials", kind: "profile", name }, overridden);
}

function assertAlike(text: string, { path, header }: Place, target: Target, overridden?: Keys): void {
  if (!mayBeReadOtherwise(text, target)) return;
  const ours = findSection(text, target.file, target.kind, target.name)?.keys;
  const theirs = readAsCli(text, target);
  const cliValue = (key: string) => theirs.get(key)?.value ?? overridden?.get(key);
  for (const key of CRITICAL) {
    const [here, there] = [ours?.get(key) ?? overridden?.get(key), cliValue(key)];
    const { line, earlier, value = "" } = theirs.get(key) ?? {};
    const what = `${path}: ${key} of ${header} is`;
    if (earlier !== undefined) {
      const message = `${what} ${shownUrl(earlier.value)} (line ${earlier.line}) and ${shownUrl(value)} (line ${line}); remove one of them`;
      throw new SsoCredError("config", message);
    }
    // If only one side reads a key, no choice differs, unless the session sets the start URL.
    const isAlone = !here || !there;
    if (isAlone && (key !== "sso_session" || !cliValue("sso_start_url"))) continue;
    if (here === there) continue;
    const at = line === undefined ? "" : ` (line ${line})`;
    const cliReads = there ? `${shownUrl(there)} to the AWS CLI${at}` : "missing to the AWS CLI";
    const message =
      `${what} ${here ? shownUrl(here) : "missing"} here and ${cliReads}; ` +
      "write each key once, at the start of its line, and one section of each name";
    throw new SsoCredError("config", message);
  }
}

/**
 * A quick test: true for an indented key, for a header of the target that is not plain, and for a
 * repeated section or key. Every pattern costs a miss time.
 */
function mayBeReadOtherwise(text: string, { file, kind, name }: Target): boolean {
  const isBare = file === "credentials" || (name === "default" && kind === "profile");
  const own = isBare ? `[${name}]` : `[${kind} ${name}]`;
  const keys = new Set<string>();
  let isOwn = false;
  // For Python, a carriage return alone also ends a line.
  if (text.includes("\r") && /\r(?!\n)/.test(text)) return true;
  for (const line of text.split("\n")) {
    const isIndented = line !== "" && line.charAt(0).trim() === "";
    if (!isOwn && !isIndented && line[0] !== "[") continue;
    const content = line.trim();
    if (content.startsWith("[")) {
      const isPlain = !isIndented && (file === "config" ? PLAIN_HEADER : PLAIN_NAME).test(content);
      if (!isPlain && mayMean(content, file, name)) return true;
      isOwn = content === own;
      if (isOwn && keys.has(own)) return true;
      if (isOwn) keys.add(own);
      continue;
    }
    const key = readOption(content)?.key ?? "";
    if (isIndented && (key.startsWith("sso_") || key === "credential_process")) return true;
    if (!isOwn || !CRITICAL.includes(key)) continue;
    if (keys.has(key)) return true;
    keys.add(key);
  }
  return false;
}

function mayMean(header: string, file: ConfigFile, name: string): boolean {
  if (file === "credentials") return header.includes(name);
  return /^\[\s*["']?(?:profile|sso-session|default)/i.test(header);
}

/** Python's RawConfigParser: a line indented deeper than the key above continues its value. */
function readAsCli(text: string, target: Target): Map<string, CliValue> {
  const inherited = new Map<string, CliValue>();
  const sections = new Map<string, Map<string, CliValue>>();
  let into: Map<string, CliValue> | undefined;
  let last: Map<string, CliValue> | undefined;
  let indent = 0;
  let option: CliValue | undefined;
  for (const { number, text: raw } of linesOf(text)) {
    if (isIgnored(raw)) continue;
    const line = raw.trim();
    const lineIndent = raw.search(/\S/);
    if (option !== undefined && lineIndent > indent) {
      const more = readValue(` ${line}`, option.key);
      option.value = option.value ? `${option.value}\n${more}` : more;
      continue;
    }
    indent = lineIndent;
    option = undefined;
    const header = /^\[(.+)\]/.exec(line)?.[1];
    if (header !== undefined) {
      into = header === "DEFAULT" ? inherited : undefined;
      if (!isHeaderOf(header, target)) continue;
      into = sections.get(header) ?? new Map();
      // Of several headers with the same name, only the last new one counts.
      if (!sections.has(header)) last = into;
      sections.set(header, into);
      continue;
    }
    const found = readOption(line);
    if (found === undefined) continue;
    option = { key: found.key, value: found.value, line: number };
    const earlier = into?.get(found.key);
    if (earlier !== undefined && earlier.value !== found.value) option.earlier = earlier;
    into?.set(found.key, option);
  }
  return last === undefined ? new Map() : new Map([...inherited, ...last]);
}

/** Like botocore/configloader.py: begins with the kind, and a shell splits it into two words. */
function isHeaderOf(header: string, { file, kind, name }: Target): boolean {
  if (file === "credentials") return header === name;
  if (kind === "profile" && header === "default") return name === "default";
  if (!header.startsWith(kind)) return false;
  const words = splitQuoted(header);
  return words?.length === 2 && words[1] === name;
}
