import { parseArgs } from "node:util";
import { readToken } from "../cache/tokenCache.ts";
import { loadConfig } from "../config/configFile.ts";
import { resolveProfile } from "../config/profile.ts";
import { onlySession, resolveSession } from "../config/session.ts";
import { EXIT_CODE } from "../errors.ts";
import { formatTimestamp, isUsable } from "../hit/expiry.ts";
import { isAwsEndpoint, oidcEndpoint, ssoEndpoint } from "../identityCenter/endpoints.ts";
import type { SsoSession } from "../model.ts";
import { installedFront, isPacked } from "../platform/installation.ts";
import type { System } from "../platform/system.ts";
import { VERSION } from "../platform/version.ts";
import { isUnderWay, readPendingLogin } from "../signIn/pendingLogin.ts";
import { sessionTitle } from "../signIn/sessionTitle.ts";
import { printable } from "../text/printable.ts";
import { configuredSessions } from "./cachedSessions.ts";

export const statusOptions = {
  profile: { type: "string" },
  "sso-session": { type: "string" },
  json: { type: "boolean" },
} as const;

interface SessionStatus {
  session: string | null;
  startUrl: string;
  region: string;
  signedIn: boolean;
  /** `YYYY-MM-DDTHH:MM:SSZ`; null when there is no token. */
  expiresAt: string | null;
  refreshable: boolean;
  /** Works without a person. */
  usable: boolean;
  /** A sign-in waits for its person. */
  loginPending: boolean;
  /** Endpoints that are not AWS's own. */
  foreignEndpoints: string[];
}

/** `sso-cred status`: from the files alone, without a request. Exit code 0 when all asked sessions work without a person. */
export async function status(args: readonly string[], system: System): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: statusOptions,
    allowPositionals: true,
  });
  const rows = askedSessions(positionals, values, system).map((session) => sessionStatus(session, system));
  system.writeStdout(
    values.json ? `${JSON.stringify(rows, null, 2)}\n` : `${rows.map(line).join("")}${frontLine()}`,
  );
  return rows.every((row) => row.usable) ? 0 : EXIT_CODE["login-required"];
}

function askedSessions(
  names: readonly string[],
  { profile, "sso-session": flag }: { profile?: string | undefined; "sso-session"?: string | undefined },
  system: System,
): SsoSession[] {
  const config = loadConfig(system, { credentials: true });
  const asked = [...names, ...(flag === undefined ? [] : [flag])].map((name) =>
    resolveSession(config, name, system),
  );
  if (profile !== undefined) asked.push(resolveProfile(config, profile, system).session);
  if (asked.length > 0) return asked;
  const all = configuredSessions(config, system);
  if (all.length === 0) onlySession(config);
  return all;
}

function sessionStatus(session: SsoSession, system: System): SessionStatus {
  const token = readToken(session, system);
  const now = system.now();
  const signedIn = token !== undefined && isUsable(token.expiresAt, now);
  const refreshable =
    session.name !== null &&
    Boolean(token?.refreshToken && token.clientId && token.clientSecret) &&
    (token?.registrationExpiresAt ?? Number.POSITIVE_INFINITY) > now;
  const pending = readPendingLogin(session, system);
  return {
    session: session.name,
    startUrl: session.startUrl,
    region: session.region,
    signedIn,
    expiresAt: token ? formatTimestamp(token.expiresAt) : null,
    refreshable,
    usable: signedIn || refreshable,
    loginPending: pending !== undefined && isUnderWay(pending, system),
    foreignEndpoints: [...new Set([ssoEndpoint(session), oidcEndpoint(session)])].filter(
      (url) => !isAwsEndpoint(url),
    ),
  };
}

function line(row: SessionStatus): string {
  const title = sessionTitle({ name: row.session, startUrl: row.startUrl });
  const endpoints = row.foreignEndpoints.map((url) => `, endpoint ${printable(url)}`).join("");
  return `${title}: ${describe(row)}${row.loginPending ? ", a sign-in is open" : ""}${endpoints}\n`;
}

/** Says when the native front is there but was not called, or is of another version; else nothing. */
function frontLine(): string {
  const front = isPacked() ? installedFront() : undefined;
  if (front === undefined) return "";
  const path = printable(front.path);
  if (!front.isInUse) return `native front: not in use, it is ${path}\n`;
  return front.version === VERSION
    ? ""
    : `native front: ${path} is ${front.version}, the program ${VERSION}\n`;
}

function describe({ signedIn, refreshable, expiresAt }: SessionStatus): string {
  if (signedIn) return `signed in until ${expiresAt}${refreshable ? ", refreshed by itself" : ""}`;
  if (refreshable) return `expired ${expiresAt}, refreshed at the next call`;
  return expiresAt === null ? "not signed in" : `expired ${expiresAt}`;
}
