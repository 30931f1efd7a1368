import { readRoleCredentials } from "../cache/roleCredentialsCache.ts";
import { obtainRoleCredentials } from "../credentials/obtainRoleCredentials.ts";
import { isKind, SsoCredError } from "../errors.ts";
import { credentialProcessOutput, fitsOutput } from "../hit/credentialProcess.ts";
import { isFresh } from "../hit/expiry.ts";
import { readLineOfInit } from "../hit/printCachedCredentials.ts";
import { outputTimeoutMs, waitBudgetSeconds } from "../hit/waitBudget.ts";
import type { NamedRole, Role, RoleCredentials } from "../model.ts";
import { unsetCommand } from "../platform/callerShell.ts";
import { prose } from "../platform/output.ts";
import type { System } from "../platform/system.ts";
import { printable, printableWithHidden } from "../text/printable.ts";
import { relativeTime } from "../text/relativeTime.ts";
import { MAIN_FLAGS, parseArguments } from "../usage/flags.ts";
import { namedRole, resolveNamedRole } from "./roleArguments.ts";

/** The main job: prints only the `credential_process` document; on a terminal, a summary. */
export async function credentials(args: readonly string[], system: System): Promise<number> {
  const deadline = waitDeadline(system);
  const { wanted, json } = readArguments(args);
  const isForPerson = system.stdoutIsTerminal() && !json;
  if (!("profile" in wanted)) {
    const cached = cachedFor(wanted, system);
    if (cached && isForPerson) return printSummary(cached, wanted, wanted.session, "the cache", system);
    if (cached) return print(cached, wanted, system);
  }
  const { role, configured } = resolveNamedRole(wanted, system);
  const until = configured === system ? deadline : waitDeadline(configured);
  const before = isForPerson ? readRoleCredentials(role, system) : undefined;
  const found = await obtainRoleCredentials(role, until, configured).catch((error: unknown) => {
    throw withWaitBudget(error, until, system);
  });
  if (!isForPerson) return print(found, role, configured);
  const source = before?.accessKeyId === found.accessKeyId ? "the cache" : "the portal";
  const title = "profile" in wanted ? `profile ${wanted.profile}` : wanted.session;
  return printSummary(found, role, title, source, system);
}

function readArguments(args: readonly string[]): { wanted: NamedRole | { profile: string }; json: boolean } {
  // The parser takes a millisecond to load.
  const line = readLineOfInit(args);
  const { values, positionals } = line
    ? { values: { "account-id": line.accountId, "role-name": line.roleName }, positionals: [line.session] }
    : parseArguments(args, MAIN_FLAGS);
  return { wanted: namedRole(values, positionals), json: "json" in values && values.json === true };
}

/** Names the setting that leaves no time for a request. */
function withWaitBudget(error: unknown, until: number, system: System): unknown {
  const seconds = (until - system.startedAt) / 1000;
  const isShort = isKind(error, "unavailable") && error.message.startsWith("no time left");
  if (!isShort || seconds >= waitBudgetSeconds({})) return error;
  const isVariable = Boolean(system.env.SSO_CRED_WAIT);
  const setting = isVariable ? "SSO_CRED_WAIT" : "sso_cred_wait in the session's section";
  return new SsoCredError("unavailable", `${error.message}; ${setting} allows ${seconds} s`, {
    remedy: isVariable ? { run: unsetCommand(["SSO_CRED_WAIT"], system) } : {},
    cause: error.cause,
  });
}

/** For a person who runs the line by hand: secrets don't belong in the scrollback of a terminal. */
function printSummary(
  { expiration }: RoleCredentials,
  { accountId, roleName }: Role,
  title: string,
  source: string,
  system: System,
): number {
  const summary =
    `${printable(title)}: credentials for the role ${printable(roleName)} in account ${accountId}\n` +
    `They expire ${relativeTime(expiration, system.now())}, and come from ${source}.\n` +
    "A pipe or --json gives the credential_process document.\n";
  system.writeStdout(prose(1, summary), outputTimeLeftMs(system));
  return 0;
}

/** A hit needs no config: the arguments alone name the cache file. */
function cachedFor({ session, accountId, roleName }: NamedRole, system: System): RoleCredentials | undefined {
  const identity = { name: session, startUrl: "" };
  const cached = readRoleCredentials({ session: identity, accountId, roleName }, system);
  if (!cached || !isFresh(cached.expiration, system.now())) return undefined;
  system.trace.step("cache hit");
  return cached;
}

function print(credentials: RoleCredentials, { accountId }: Role, system: System): number {
  if (!fitsOutput(credentials, accountId)) {
    throw new SsoCredError(
      "unavailable",
      "the portal sent credentials that are longer than SDKs accept (8 KiB)",
    );
  }
  system.writeStdout(credentialProcessOutput(credentials, accountId), outputTimeLeftMs(system));
  system.trace.step("printed");
  return 0;
}

function outputTimeLeftMs({ startedAt, env, now }: System): number {
  return startedAt + outputTimeoutMs(env) - now();
}

/** The end of a main-job run: `SSO_CRED_WAIT` seconds after the start of the process. */
export function waitDeadline(system: Pick<System, "env" | "startedAt">): number {
  const seconds = waitBudgetSeconds(system.env);
  if (!Number.isNaN(seconds)) return system.startedAt + seconds * 1000;
  const given = printableWithHidden(system.env.SSO_CRED_WAIT ?? "");
  throw new SsoCredError("usage", `SSO_CRED_WAIT must be 0 to 3600 seconds, not ${given}`);
}
