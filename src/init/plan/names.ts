import { SsoCredError } from "../../errors.ts";
import type { Assignment, Role } from "../../model.ts";
import { printable } from "../../text/printable.ts";
import { firstOf } from "../../text/words.ts";
import { type Files, type InitOptions, profilesByRole, roleKey } from "./planInput.ts";

export const DEFAULT_TEMPLATE = "{account_id}_{role_name}";

/** The SDKs for JavaScript and Rust ignore sections with one of these in the name. */
const UNPORTABLE = /[^A-Za-z0-9_.@/%:+-]+/g;
const FIELDS = ["account_name", "account_id", "role_name", "session"];

/** Why a name cannot be written; undefined if every SDK reads it and it is not a flag. */
export function nameProblem(name: string): string | undefined {
  if (name.search(UNPORTABLE) >= 0) return "some SDKs read only A-Z, a-z, 0-9 and _.@/%:+-";
  if (/^[-.]/.test(name)) return "it must not begin with - or .";
  // This name makes the SDK for JavaScript reject the whole file.
  if (name === "__proto__") return "it is reserved";
  return name === "" ? "it is empty" : undefined;
}

/**
 * The nearest name that every SDK reads: without accents, with one hyphen for each run of other
 * characters, and without a separator at either end. Empty if nothing is left.
 */
export function makePortable(name: string): string {
  const marked = withoutAccents(name)
    .replace(UNPORTABLE, "\0")
    .replace(/-*\0[-\0]*/g, "\0");
  return marked
    .replaceAll("\0", "-")
    .replace(/^[-.]+/, "")
    .replace(/[-_.:/@]+$/, "");
}

function withoutAccents(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}+/gu, "");
}

/** The account's name, or its id if the name would lose letters or digits. */
function accountPart(accountName: string, accountId: string): string {
  const isLossy = /(?![A-Za-z0-9])[\p{L}\p{N}]/u.test(withoutAccents(accountName));
  return (isLossy ? "" : makePortable(accountName)) || accountId;
}

/** @throws SsoCredError("usage") for an unknown field, and for a brace that is not a field's. */
export function checkTemplate(template: string): void {
  for (const [whole, field = ""] of template.matchAll(/\{([^{}]*)\}|[{}]/g)) {
    if (FIELDS.includes(field)) continue;
    const known = FIELDS.map((name) => `{${name}}`).join(" ");
    const message = `--profile-name has no field ${printable(whole, 60)}; there are ${known}`;
    throw new SsoCredError("usage", message);
  }
}

/** The profile name that a template gives an assignment; never empty. */
export function profileName(template: string, assignment: Assignment, session: string): string {
  const { accountId, accountName, roleName } = assignment;
  const filled = fillIn(template, {
    account_id: accountId,
    account_name: accountPart(accountName, accountId),
    role_name: makePortable(roleName),
    session,
  });
  return makePortable(filled) || makePortable(`${accountId}_${roleName}`);
}

/** Each wanted role with its profile's name: the one that it has, unless a template is given. */
export function nameWanted(files: Files, adopted: ReadonlyMap<string, Role>, options: InitOptions) {
  const { session, nameTemplate, wanted } = options;
  const having = profilesByRole(files, session);
  const isKept = (name: string) => files.ours.get(name)?.session === session || adopted.has(name);
  const named = wanted.map((role): [string, Assignment] => {
    const kept = having.get(roleKey(role))?.find(({ name }) => isKept(name));
    const current = nameTemplate === undefined ? kept?.name : undefined;
    return [current ?? profileName(nameTemplate ?? DEFAULT_TEMPLATE, role, session), role];
  });
  assertUniqueNames(named);
  return named;
}

/** The name that the template asks for, if {@link profileName} had to change it; else undefined. */
export function changedName(template: string, assignment: Assignment, session: string): string | undefined {
  const { accountId, accountName, roleName } = assignment;
  const fields = { account_id: accountId, account_name: accountName, role_name: roleName, session };
  const asked = fillIn(template, fields);
  return asked === profileName(template, assignment, session) ? undefined : asked;
}

function fillIn(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\{([^{}]*)\}/g, (whole, field: string) => values[field] ?? whole);
}

/** @throws SsoCredError("usage") if two assignments would share a name; the message lists both. */
export function assertUniqueNames(named: readonly (readonly [name: string, role: Assignment])[]): void {
  const clashes = [...Map.groupBy(named, ([name]) => name)].filter(([, sharers]) => sharers.length > 1);
  if (clashes.length === 0) return;
  const told = clashes.map(([name, sharers]) => {
    const sides = sharers.map(([, { accountId, accountName, roleName }]) => {
      return `${printable(roleName, 64)} in ${accountId} (${printable(accountName, 64)})`;
    });
    return `'${name}' would be ${sides.join(" and ")}`;
  });
  const message = `two profiles cannot share a name: ${firstOf(told, 5).join("; ")}; use {account_id} and {role_name} in --profile-name`;
  throw new SsoCredError("usage", message);
}
