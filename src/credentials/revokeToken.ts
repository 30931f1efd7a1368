import type { JsonObject } from "../cache/jsonFile.ts";
import type { Config } from "../config/configFile.ts";
import { readSession } from "../config/session.ts";
import { SsoCredError } from "../errors.ts";
import { isUsable, parseTimestamp } from "../hit/expiry.ts";
import { identityCenter, ServiceError } from "../identityCenter/identityCenter.ts";
import type { ServiceSettings, SessionIdentity } from "../model.ts";
import type { System } from "../platform/system.ts";

/**
 * Revokes the token in a token file at the portal. An expired access token cannot be revoked, but
 * its refresh token may still open the session: it is redeemed once, and the new token is revoked.
 * Best effort, until `deadline` (epoch milliseconds).
 *
 * Returns true if no token of the file is left alive. One that the service no longer knows counts
 * as revoked.
 */
export async function revokeToken(
  services: ServiceSettings,
  file: JsonObject,
  deadline: number,
  system: System,
): Promise<boolean> {
  const { accessToken, clientId, clientSecret, refreshToken } = file;
  const canRefresh = [clientId, clientSecret, refreshToken].every((field) => typeof field === "string");
  const isExpired = !isUsable(parseTimestamp(file.expiresAt), system.now());
  const options = { deadline, signal: system.interrupted };
  try {
    const api = identityCenter(services, system);
    if (canRefresh && (isExpired || !(await isKnown(api.logout(String(accessToken), options))))) {
      const client = { clientId: String(clientId), clientSecret: String(clientSecret) };
      const { accessToken: successor } = await api.refresh(client, String(refreshToken), options);
      await api.logout(successor, options);
    } else if (!canRefresh) await api.logout(String(accessToken), options);
    return true;
  } catch (error) {
    system.trace.step("the token could not be revoked", { error: String(error) });
    // A token that is no longer accepted counts as revoked.
    return error instanceof ServiceError && error.needsSignIn;
  }
}

/**
 * The services for a token file, from its start URL and region and the SDK's rules: endpoints in
 * the config belong to other sessions.
 */
export function servicesOfFile(
  { startUrl, region }: JsonObject,
  config: Config,
  system: System,
): (ServiceSettings & SessionIdentity) | undefined {
  if (typeof startUrl !== "string" || typeof region !== "string") return undefined;
  const keys = new Map([
    ["sso_start_url", startUrl],
    ["sso_region", region],
  ]);
  try {
    return readSession({ config, name: null, keys, header: "the token file" }, system);
  } catch (error) {
    if (error instanceof SsoCredError) return undefined;
    throw error;
  }
}

/** False if the portal responds that it does not know the token. */
async function isKnown(request: Promise<void>): Promise<boolean> {
  try {
    await request;
    return true;
  } catch (error) {
    if (error instanceof ServiceError && error.needsSignIn) return false;
    throw error;
  }
}
