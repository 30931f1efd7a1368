import { SsoCredError } from "../errors.ts";
import { isIgnored, parseConfig, readHeader, readOption, readValue } from "./ini.ts";
import { linesOf } from "./layout.ts";
import { shownHeader } from "./slips.ts";
import { shownUrl } from "./urls.ts";

/** The keys that decide whose credentials a profile gives. */
const CRITICAL = ["sso_account_id", "sso_role_name", "sso_start_url", "sso_session", "credential_process"];
/** Without one of these layouts all readers agree, and the comparison is skipped. */
const DOUBTFUL = /^[^\S\r\n]+(?:sso_\w+|credential_process)\s*[=:]|^[^\S\r\n]*\[profile\s+["']?default/im;

interface CliValue {
  value: string;
  line: number;
}

/**
 * Rejects layouts that name one account to the AWS CLI and another to the SDKs, whose reading we
 * share: a key that is indented below another one, and `[default]` after `[profile default]`.
 *
 * @throws SsoCredError("config") naming both readings where they choose different accounts, roles
 * or start URLs.
 */
export function assertCliReadsAlike(
  text: string,
  path: string,
  kind: "profile" | "sso-session",
  name: string,
): void {
  if (!DOUBTFUL.test(text)) return;
  const ours = parseConfig(text, "config").find((section) => section.kind === kind && section.name === name);
  const theirs = readAsCli(text, kind, name);
  for (const key of CRITICAL) {
    const [here, there] = [ours?.keys.get(key), theirs.get(key)];
    if (!here || !there || here === there.value) continue;
    throw new SsoCredError(
      "config",
      `${path}: ${key} of ${shownHeader(kind, name)} is ${shownUrl(here)} here and ${shownUrl(there.value)} to the AWS CLI (line ${there.line}); ` +
        "write each key once, at the start of its line, and one section of each name",
    );
  }
}

/**
 * Python's RawConfigParser: a line that is indented deeper than the key above continues its value.
 */
function readAsCli(text: string, kind: string, name: string): Map<string, CliValue> {
  let keys = new Map<string, CliValue>();
  let headerLine = "";
  let isInside = false;
  let indent = 0;
  let option: CliValue | undefined;
  for (const [at, { start, textEnd }] of linesOf(text).entries()) {
    const raw = text.slice(start, textEnd);
    if (isIgnored(raw)) continue;
    const line = raw.trim();
    const lineIndent = raw.search(/\S/);
    if (option !== undefined && lineIndent > indent) {
      option.value += `\n${readValue(line, "")}`;
      continue;
    }
    indent = lineIndent;
    option = undefined;
    const header = readHeader(line, "config");
    if (header !== undefined) {
      isInside = header.kind === kind && header.name === name;
      // A section of the same name replaces the earlier one entirely.
      if (isInside && line !== headerLine) keys = new Map();
      if (isInside) headerLine = line;
      continue;
    }
    const found = readOption(line);
    if (found === undefined) continue;
    option = { value: found.value, line: at + 1 };
    if (isInside) keys.set(found.key, option);
  }
  return keys;
}
