import { SsoCredError } from "../../errors.ts";
import type { Assignment } from "../../inventory/assignment.ts";
import { printable } from "../../text/printable.ts";

export const DEFAULT_TEMPLATE = "{account_id}_{role_name}";

const UNPORTABLE = /[^A-Za-z0-9_.@/%:+-]+/g;
const FIELDS = ["account_name", "account_id", "role_name", "session"];

/** True for names that every SDK reads in a section header. */
export function isPortable(name: string): boolean {
  return name !== "" && name.search(UNPORTABLE) < 0 && !isForbidden(name);
}

/**
 * The nearest name that every SDK reads: each run of other characters becomes one hyphen, none at the ends. Empty
 * when nothing is left.
 */
export function makePortable(name: string): string {
  const marked = name.replace(UNPORTABLE, "\0").replace(/-*\0[-\0]*/g, "\0");
  const portable = marked.replace(/^\0|\0$/g, "").replaceAll("\0", "-");
  return isForbidden(portable) ? portable.replaceAll("_", "") : portable;
}

/** The SDK for JavaScript refuses a whole file over this one name. */
function isForbidden(name: string): boolean {
  return name === "__proto__";
}

/** A profile's header as a message shows it. */
export function profileHeader(name: string): string {
  return name === "default" ? "[default]" : `[profile ${printable(name, 64)}]`;
}

/** @throws SsoCredError("usage") for a field that does not exist. */
export function checkTemplate(template: string): void {
  for (const [whole, field = ""] of template.matchAll(/\{([^{}]*)\}/g)) {
    if (FIELDS.includes(field)) continue;
    const known = FIELDS.map((name) => `{${name}}`).join(" ");
    throw new SsoCredError(
      "usage",
      `--profile-name has no field ${printable(whole, 60)}; there are ${known}`,
    );
  }
}

/** The profile name that a template gives an assignment; never empty. */
export function profileName(template: string, assignment: Assignment, session: string): string {
  const { accountId, accountName, roleName } = assignment;
  const values: Record<string, string> = {
    account_id: accountId,
    account_name: makePortable(accountName) || accountId,
    role_name: makePortable(roleName),
    session,
  };
  const name = template.replace(/\{([^{}]*)\}/g, (whole, field: string) => values[field] ?? whole);
  return makePortable(name) || makePortable(`${accountId}_${roleName}`);
}

/** @throws SsoCredError("usage") when two assignments would share a name; it lists both sides of each clash. */
export function refuseClashes(named: readonly { name: string; assignment: Assignment }[]): void {
  const byName = Map.groupBy(named, ({ name }) => name);
  const clashes = [...byName].filter(([, sharers]) => sharers.length > 1);
  if (clashes.length === 0) return;
  const told = clashes.slice(0, 5).map(([name, sharers]) => {
    const sides = sharers.map(({ assignment: { accountId, accountName, roleName } }) => {
      return `${printable(roleName, 64)} in ${accountId} (${printable(accountName, 64)})`;
    });
    return `'${name}' would be ${sides.join(" and ")}`;
  });
  const more = clashes.length > told.length ? `; and ${clashes.length - told.length} more` : "";
  throw new SsoCredError(
    "usage",
    `two profiles cannot share a name: ${told.join("; ")}${more}; use {account_id} and {role_name} in --profile-name`,
  );
}
