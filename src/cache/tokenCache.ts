import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Remedy } from "../errors.ts";
import { formatTimestamp, parseTimestamp } from "../hit/expiry.ts";
import { ssoCacheDirectory } from "../hit/paths.ts";
import { type Json, pythonJson } from "../hit/pythonJson.ts";
import { sha1 } from "../hit/sha1.ts";
import type { SessionIdentity, SsoSession, SsoToken } from "../model.ts";
import { readRegularFile } from "../platform/readRegularFile.ts";
import type { Environment } from "../platform/system.ts";
import { type JsonObject, readJsonObject } from "./jsonFile.ts";
import { tokenKey } from "./statePaths.ts";
import { isOfEndpoints } from "./tokenOrigin.ts";

/** The fields that every SDK knows, in the AWS CLI's order. */
const FIELDS = [
  "startUrl",
  "region",
  "accessToken",
  "expiresAt",
  "clientId",
  "clientSecret",
  "registrationExpiresAt",
  "refreshToken",
];

export function tokenPath(session: SessionIdentity, system: Environment): string {
  return join(ssoCacheDirectory(system), `${tokenKey(session)}.json`);
}

export function tokenFileExists(session: SessionIdentity, system: Environment): boolean {
  return existsSync(tokenPath(session, system));
}

interface TokenFault {
  readonly is: "of another start URL" | "unreadable";
  /** A sentence. */
  readonly fault: string;
  /** Undefined where a new sign-in writes the file anew. */
  readonly remedy?: Remedy;
}

/** Why a session's token file is not used; undefined if it is, or is missing. */
export function tokenFault(
  session: SessionIdentity & Pick<SsoSession, "region" | "endpoints">,
  system: Environment,
): TokenFault | undefined {
  const path = tokenPath(session, system);
  const found = readRegularFile(path);
  if ("fault" in found) {
    const { is, fault, remedy = {} } = found;
    return is === "missing" ? undefined : { is: "unreadable", fault: `${path} ${fault}`, remedy };
  }
  if (readToken(session, system) !== undefined) return undefined;
  const file = readJsonObject(path);
  return typeof file?.accessToken === "string" && !isTokenOf(session, file, system)
    ? {
        is: "of another start URL",
        fault: `the token in ${path} is of another start URL, region or endpoint`,
      }
    : { is: "unreadable", fault: `${path} holds no token` };
}

/** Identifies an access token in a file that must not hold the token itself. */
export function tokenFingerprint(accessToken: string): string {
  return sha1(`fingerprint of ${accessToken}`);
}

/**
 * The session's cached token, expired or not. Undefined when there is none, or when its file names
 * another start URL or region, or it came from other endpoints: that token must not be sent.
 */
export function readToken(
  session: SessionIdentity & Pick<SsoSession, "region" | "endpoints">,
  system: Environment,
): (SsoToken & { file: JsonObject }) | undefined {
  const file = readJsonObject(tokenPath(session, system));
  if (!file) return undefined;
  const { accessToken } = file;
  const expiresAt = parseTimestamp(file.expiresAt);
  if (typeof accessToken !== "string" || accessToken === "" || Number.isNaN(expiresAt)) return undefined;
  if (!isTokenOf(session, file, system)) return undefined;
  const registrationExpiresAt = parseTimestamp(file.registrationExpiresAt);
  return {
    accessToken,
    expiresAt,
    ...(Number.isNaN(registrationExpiresAt) ? {} : { registrationExpiresAt }),
    ...textField("clientId", file.clientId),
    ...textField("clientSecret", file.clientSecret),
    ...textField("refreshToken", file.refreshToken),
    file,
  };
}

/**
 * True if a token file belongs to the session's start URL, region and endpoints. A field that the
 * file lacks counts as equal.
 */
export function isTokenOf(
  session: SessionIdentity & Pick<SsoSession, "region" | "endpoints">,
  { startUrl = session.startUrl, region = session.region, accessToken }: JsonObject,
  system: Environment,
): boolean {
  if (startUrl !== session.startUrl || region !== session.region) return false;
  return isOfEndpoints(tokenKey(session), session.endpoints, tokenFingerprint(String(accessToken)), system);
}

/** The text of a token file. Unknown fields of `previous` are kept, after ours. */
export function tokenFileText(session: SsoSession, token: SsoToken, previous: JsonObject = {}): string {
  const known: Record<string, Json | undefined> = {
    startUrl: session.startUrl,
    region: session.region,
    accessToken: token.accessToken,
    expiresAt: formatTimestamp(token.expiresAt),
    clientId: token.clientId,
    clientSecret: token.clientSecret,
    registrationExpiresAt:
      token.registrationExpiresAt === undefined ? undefined : formatTimestamp(token.registrationExpiresAt),
    refreshToken: token.refreshToken,
  };
  const entries = [
    ...FIELDS.map((field) => [field, known[field]] as const),
    ...Object.entries(previous).filter(([field]) => !FIELDS.includes(field)),
  ];
  const parts = entries
    .filter(([, value]) => value !== undefined)
    .map(([field, value]) => `${pythonJson(field)}: ${pythonJson(value as Json)}`);
  return `{${parts.join(", ")}}`;
}

function textField<K extends string>(key: K, value: unknown): { [P in K]?: string } {
  return (typeof value === "string" && value !== "" ? { [key]: value } : {}) as { [P in K]?: string };
}
