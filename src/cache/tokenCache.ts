import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Remedy } from "../errors.ts";
import { formatTimestamp, parseTimestamp } from "../hit/expiry.ts";
import { type Json, pythonJson, textFields } from "../hit/json.ts";
import { ssoCacheDirectory, stateDirectory } from "../hit/paths.ts";
import { sha1 } from "../hit/sha1.ts";
import type { EndpointSettings, SessionIdentity, SsoSession, SsoToken } from "../model.ts";
import { bestEffort } from "../platform/attempt.ts";
import { readRegularFile } from "../platform/readRegularFile.ts";
import type { Environment, System } from "../platform/system.ts";
import { type JsonObject, readJsonObject } from "./jsonFile.ts";
import { STATE_FORMAT, tokenKey, writeStateFile } from "./stateFile.ts";

export function tokenPath(session: SessionIdentity, system: Environment): string {
  return join(ssoCacheDirectory(system), `${tokenKey(session)}.json`);
}

export function tokenFileExists(session: SessionIdentity, system: Environment): boolean {
  return existsSync(tokenPath(session, system));
}

/** Epoch milliseconds at which any tool last wrote the token file; undefined if there is none. */
export function tokenWrittenAt(session: SessionIdentity, system: Environment): number | undefined {
  return statSync(tokenPath(session, system), { throwIfNoEntry: false })?.mtimeMs;
}

interface TokenFault {
  readonly is: "of another start URL" | "unreadable";
  /** A sentence. */
  readonly fault: string;
  /** Undefined if a new sign-in replaces the file. */
  readonly remedy?: Remedy;
}

/** Why a session's token file is not used; undefined if it is used or missing. */
export function tokenFault(session: SsoSession, system: Environment): TokenFault | undefined {
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
        fault: `the token in ${path} is for another start URL, region or endpoint`,
      }
    : { is: "unreadable", fault: `${path} contains no token` };
}

/** Identifies an access token in a file that must not hold the token itself. */
export function tokenFingerprint(accessToken: string): string {
  return sha1(`fingerprint of ${accessToken}`);
}

/**
 * The session's cached token, expired or not. Undefined if there is none, or if it must not be
 * sent: its file names another start URL or region, or it came from other endpoints.
 */
export function readToken(session: SsoSession, system: Environment) {
  const file = readJsonObject(tokenPath(session, system));
  if (!file) return undefined;
  const texts = ["accessToken", "clientId", "clientSecret", "refreshToken"] as const;
  const { accessToken, ...client } = textFields(file, texts);
  const expiresAt = parseTimestamp(file.expiresAt);
  if (!accessToken || Number.isNaN(expiresAt) || !isTokenOf(session, file, system)) return undefined;
  const registrationExpiresAt = parseTimestamp(file.registrationExpiresAt);
  return {
    accessToken,
    expiresAt,
    ...(Number.isNaN(registrationExpiresAt) ? {} : { registrationExpiresAt }),
    ...client,
    file,
  };
}

/** True if the file belongs to these settings and endpoints. A missing field counts as equal. */
export function isTokenOf(
  session: SsoSession,
  { startUrl = session.startUrl, region = session.region, accessToken }: JsonObject,
  system: Environment,
): boolean {
  if (startUrl !== session.startUrl || region !== session.region) return false;
  return isOfEndpoints(tokenKey(session), session.endpoints, accessToken, system);
}

/** Every SDK's fields in the AWS CLI's order, then the unknown ones of the `previous` file. */
export function tokenFileText(session: SsoSession, token: SsoToken, previous: JsonObject = {}): string {
  const known = {
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
  // The first occurrence determines a field's position, the last one its value.
  return pythonJson({ ...known, ...previous, ...known } as Json);
}

/*
 * A token must not go from a stand-in for AWS, such as LocalStack, to AWS, or from AWS to a
 * stand-in. The token file is the AWS CLI's byte for byte, so a record under the same name
 * (`tokenKey`) says which of the two it came from. Stand-ins are not distinguished: one that has
 * moved, or is out of reach, is no reason to sign in.
 */

const AWS_HOST = /\.(?:amazonaws\.(?:com|com\.cn|eu)|api\.aws|api\.amazonwebservices\.(?:com\.cn|eu))$/;

/** True if an endpoint is configured that is not AWS's. */
export function isStandIn(url: string | undefined): boolean {
  return url !== undefined && !AWS_HOST.test(new URL(url).hostname);
}

/** Records where a token came from. One without a record may be sent to any endpoint. */
export function recordTokenOrigin(session: SsoSession, accessToken: string, system: System): void {
  const record = {
    tokenFingerprint: tokenFingerprint(accessToken),
    isStandIn: hasStandIn(session.endpoints),
  };
  bestEffort("the origin of the token could not be recorded", system, () =>
    writeStateFile(originPath(tokenKey(session), system), record),
  );
}

/** True if the token may be sent to these endpoints. A token of another tool has no record. */
export function isOfEndpoints(
  key: string,
  endpoints: EndpointSettings,
  accessToken: unknown,
  system: Environment,
): boolean {
  const record = readOrigin(key, system);
  const isRecorded = record?.tokenFingerprint === tokenFingerprint(String(accessToken));
  return !isRecorded || record.isStandIn === hasStandIn(endpoints);
}

/** True if the last sign-in, and so the client registration, came from other endpoints. */
export function hasOtherEndpoints(session: SsoSession, system: Environment): boolean {
  const record = readOrigin(tokenKey(session), system);
  return record !== undefined && record.isStandIn !== hasStandIn(session.endpoints);
}

function hasStandIn({ ssoUrl, oidcUrl }: EndpointSettings): boolean {
  return isStandIn(ssoUrl) || isStandIn(oidcUrl);
}

/** Accepts the record of any boot, because it describes a file that survives a reboot. */
function readOrigin(key: string, system: Environment) {
  const { format, tokenFingerprint, isStandIn } = readJsonObject(originPath(key, system)) ?? {};
  if (format !== STATE_FORMAT || typeof isStandIn !== "boolean") return undefined;
  return { tokenFingerprint, isStandIn };
}

/** Stored with the attempts, because it describes the last one that returned a token. */
function originPath(key: string, system: Environment): string {
  return join(stateDirectory(system), "attempts", `${sha1(`origin of ${key}`)}.json`);
}
