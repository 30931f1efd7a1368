import { join } from "node:path";
import { formatTimestamp, isFresh, parseTimestamp } from "../hit/expiry.ts";
import { pythonJson, textFields } from "../hit/json.ts";
import { ssoCacheDirectory } from "../hit/paths.ts";
import { sha1 } from "../hit/sha1.ts";
import type { ClientRegistration, SsoSession } from "../model.ts";
import type { Clocked, Environment } from "../platform/system.ts";
import { removeIfPossible } from "./folder.ts";
import { readJsonObject } from "./jsonFile.ts";
import { replaceFile } from "./replaceFile.ts";

export type LoginGrant = "authorization_code" | "device_code";

/** Named like the AWS CLI's (aws-cli awscli/botocore/utils.py, `_registration_cache_key`). */
export function registrationPath(session: SsoSession, system: Environment): string {
  const { region, scopes, name, startUrl } = session;
  const key = pythonJson({ region, scopes, session_name: name, startUrl, tool: "botocore" });
  return join(ssoCacheDirectory(system), `${sha1(key)}.json`);
}

/**
 * Reads a registration for this grant with at least 15 minutes left. The AWS CLI keeps the
 * registrations of both grants in one file.
 */
export function readRegistration(session: SsoSession, grant: LoginGrant, system: Clocked) {
  const file = readJsonObject(registrationPath(session, system)) ?? {};
  const { clientId, clientSecret } = textFields(file, ["clientId", "clientSecret"]);
  const expiresAt = parseTimestamp(file.expiresAt);
  if (!clientId || !clientSecret || !isFresh(expiresAt, system.now())) return undefined;
  const forCode = Array.isArray(file.grantTypes) && file.grantTypes.includes("authorization_code");
  return forCode === (grant === "authorization_code") ? { clientId, clientSecret, expiresAt } : undefined;
}

/**
 * Removes the registration, which the service may no longer know; with a client id, only that one.
 * A client that it does know costs one more request.
 */
export function forgetRegistration(session: SsoSession, system: Environment, clientId?: string): void {
  const path = registrationPath(session, system);
  if (clientId === undefined || readJsonObject(path)?.clientId === clientId) removeIfPossible(path);
}

/** Throws the system's error. A missing file only costs the next sign-in one more request. */
export function writeRegistration(session: SsoSession, client: ClientRegistration, system: Environment) {
  const { clientId, clientSecret, scopes, grantTypes } = client;
  const expiresAt = formatTimestamp(client.expiresAt);
  const text = pythonJson({ clientId, clientSecret, expiresAt, scopes, grantTypes });
  replaceFile(registrationPath(session, system), text, { synced: "text" });
}
