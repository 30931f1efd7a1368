import { type LoginGrant, readRegistration, writeRegistration } from "../../cache/registrationCache.ts";
import { hasOtherEndpoints } from "../../cache/tokenCache.ts";
import { DEFAULT_SCOPES, namedScopes } from "../../config/session.ts";
import type { IdentityCenter } from "../../identityCenter/identityCenter.ts";
import type { ClientRegistration, SsoSession } from "../../model.ts";
import { bestEffort } from "../../platform/attempt.ts";
import type { System } from "../../platform/system.ts";

type Environment = Pick<System, "env" | "platform" | "now" | "trace">;

/**
 * The client registration for a grant: the cached one, which the AWS CLI shares, or a new one.
 * Request and file are those of the CLI (aws-cli awscli/botocore/utils.py, SSOTokenFetcher and
 * SSOTokenFetcherAuth).
 */
export async function obtainRegistration(
  session: SsoSession,
  grant: LoginGrant,
  startUrl: string,
  api: Pick<IdentityCenter, "registerClient">,
  system: Environment,
  { anew = false } = {},
): Promise<ClientRegistration> {
  // Another service does not know the client.
  const isElsewhere = hasOtherEndpoints(session, system);
  const cached = anew || isElsewhere ? undefined : readRegistration(session, grant, system);
  if (cached) return cached;
  const clientName = `botocore-client-${session.name ?? Math.floor(system.now() / 1000)}`;
  const forCode = grant === "authorization_code";
  const scopes = namedScopes(session) ?? (forCode ? DEFAULT_SCOPES : undefined);
  const kept = {
    ...(scopes && { scopes }),
    ...(forCode && { grantTypes: ["authorization_code", "refresh_token"] }),
  };
  const forPage = { redirectUris: ["http://127.0.0.1/oauth/callback"], issuerUrl: startUrl };
  const client = await api.registerClient({ clientName, ...kept, ...(forCode && forPage) });
  const registration = { ...client, ...kept };
  bestEffort("the client registration could not be kept", system, () =>
    writeRegistration(session, registration, system),
  );
  return registration;
}
