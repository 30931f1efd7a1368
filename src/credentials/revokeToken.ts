import type { JsonObject } from "../cache/jsonFile.ts";
import type { Config } from "../config/configFile.ts";
import { readSession } from "../config/session.ts";
import { SsoCredError } from "../errors.ts";
import { isUsable, parseTimestamp } from "../hit/expiry.ts";
import { identityCenter, ServiceError } from "../identityCenter/identityCenter.ts";
import type { ServiceSettings, SessionIdentity } from "../model.ts";
import type { System } from "../platform/system.ts";

/**
 * Ends at the portal what the fields of a token file open. An expired access token cannot be revoked any more, but its
 * refresh token may still open the session: it is used once, and what it gives is revoked. Best effort.
 *
 * Answers whether nothing that the file opens is left alive; a token that the service no longer knows is as good as revoked.
 */
export async function revokeToken(
  services: ServiceSettings,
  file: JsonObject,
  system: System,
): Promise<boolean> {
  const { accessToken, clientId, clientSecret, refreshToken } = file;
  const canRefresh = [clientId, clientSecret, refreshToken].every((field) => typeof field === "string");
  const isExpired = !isUsable(parseTimestamp(file.expiresAt), system.now());
  try {
    const api = await identityCenter(services, system);
    try {
      if (canRefresh && (isExpired || !(await isKnown(api.logout(String(accessToken)))))) {
        const client = { clientId: String(clientId), clientSecret: String(clientSecret) };
        await api.logout((await api.refresh(client, String(refreshToken))).accessToken);
      } else if (!canRefresh) await api.logout(String(accessToken));
    } finally {
      api.close();
    }
    return true;
  } catch (error) {
    system.trace.step("the token could not be revoked", { error: String(error) });
    // Only what no longer works is as good as revoked.
    return error instanceof ServiceError && error.needsSignIn;
  }
}

/** By the start URL and region of a token file and the SDK's rules: an endpoint in the config is another session's. */
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
    // How a sign-in would be made does not matter here, so a mistake in it must not, either.
    const environment = { ...system, env: { ...system.env, SSO_CRED_LOGIN: undefined } };
    return readSession({ config, name: null, keys, header: "the token file" }, environment);
  } catch (error) {
    if (error instanceof SsoCredError) return undefined;
    throw error;
  }
}

/** False where the portal answers that it does not know the token. */
async function isKnown(request: Promise<void>): Promise<boolean> {
  try {
    await request;
    return true;
  } catch (error) {
    if (error instanceof ServiceError && error.needsSignIn) return false;
    throw error;
  }
}
