import type { RunResult } from "../../test/support/run.ts";
import type { Stage } from "./stage.ts";
import type { Check } from "./story.ts";

/** Checks that a call gave what an SDK expects: the document on stdout, nothing on stderr. */
export function succeeded({ code, stdout, stderr }: RunResult, accountId: string): Check[] {
  const { Version, AccountId, Expiration, ...keys } = parsed(stdout);
  const given = ["AccessKeyId", "SecretAccessKey", "SessionToken"].filter((name) => keys[name]);
  return [
    { what: "exit code", expected: 0, seen: code },
    { what: "standard error", expected: "", seen: stderr },
    { what: "version and account of the document", expected: [1, accountId], seen: [Version, AccountId] },
    { what: "number of keys in the document", expected: 3, seen: given.length },
    { what: "credentials that live", expected: true, seen: Date.parse(String(Expiration)) > Date.now() },
  ];
}

/** The JSON object in a text, or an object without fields. */
export function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

/** The document with its secrets masked. Here they are harmless, but a demo sets an example. */
export function shown(document: string): string {
  const fields = parsed(document);
  const { AccessKeyId } = fields;
  if (typeof AccessKeyId !== "string") return "(no credentials on standard output)";
  const masked = {
    ...fields,
    AccessKeyId: `${AccessKeyId.slice(0, 4)}…${AccessKeyId.slice(-4)}`,
    SecretAccessKey: "…",
    SessionToken: "…",
  };
  return JSON.stringify(masked).replaceAll(',"', ', "');
}

export function browserLine({ ownBrowser }: Stage): string {
  return ownBrowser
    ? "You have allowed it in your browser."
    : "The browser, here a script, visited the page.";
}
