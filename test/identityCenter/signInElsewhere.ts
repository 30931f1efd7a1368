import type { SsoToken } from "../../src/model.ts";
import { DEVICE_CODE_GRANT, type Registration, type State, secret, signIn } from "./state.ts";

export interface SignInElsewhere {
  scopes?: string[];
  grantTypes?: string[];
}

/** The content of a token file after a sign-in with another tool. No request is made. */
export function signInElsewhere(state: State, as: SignInElsewhere = {}): SsoToken {
  const now = state.now();
  const wholeSeconds = (seconds: number) => Math.floor(now / 1000 + seconds) * 1000;
  const client: Registration = {
    clientId: secret("", 16),
    clientSecret: secret("eyJ", 300),
    expiresAt: wholeSeconds(state.settings.registrationSeconds),
    scopes: as.scopes ?? ["sso:account:access"],
    grantTypes: as.grantTypes ?? [DEVICE_CODE_GRANT, "refresh_token"],
    redirectUris: [],
  };
  state.registrations.set(client.clientId, client);
  const { accessToken, refreshToken, expiresIn } = signIn(state, client);
  const { clientId, clientSecret } = client;
  return {
    accessToken,
    expiresAt: wholeSeconds(expiresIn),
    clientId,
    clientSecret,
    registrationExpiresAt: client.expiresAt,
    ...(refreshToken === undefined ? {} : { refreshToken }),
  };
}
