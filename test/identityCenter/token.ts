import { createHash } from "node:crypto";
import { type HttpResponse, type Incoming, jsonResponse } from "./http.ts";
import { authenticate, type Fields, jsonFields, oidcError } from "./oidc.ts";
import { DEVICE_CODE_GRANT, isLive, issueTokens, type Registration, type State, signIn } from "./state.ts";

/** Timers may fire slightly early: a poll this much too early still counts as on time. */
const EARLY_MS = 50;

const GRANTS = new Map([
  ["authorization_code", redeemCode],
  [DEVICE_CODE_GRANT, redeemDeviceCode],
  ["refresh_token", refresh],
]);

export function createToken(state: State, incoming: Incoming): HttpResponse {
  const fields = jsonFields(incoming);
  if (!fields) return oidcError("InvalidRequestException", "The body is not a JSON object");
  const client = authenticate(state, fields);
  if ("status" in client) return client;
  const grantType = String(fields.grantType);
  const grant = GRANTS.get(grantType);
  if (!grant) return oidcError("UnsupportedGrantTypeException", "Unknown grant type");
  if (!client.grantTypes.includes(grantType)) {
    return oidcError("UnauthorizedClientException", `The client is not registered for ${grantType}`);
  }
  return grant(state, client, fields);
}

function redeemCode(state: State, client: Registration, fields: Fields): HttpResponse {
  const code = state.codes.get(String(fields.code));
  if (!code || code.used || code.clientId !== client.clientId || state.now() >= code.expiresAt) {
    return oidcError("InvalidGrantException", "Invalid authorization code");
  }
  // RFC 6749, section 4.1.2: a code may be used once, whether or not that succeeds.
  code.used = true;
  if (fields.redirectUri !== code.redirectUri) {
    return oidcError("InvalidGrantException", "redirectUri is not the one of the authorization");
  }
  const verifier = String(fields.codeVerifier);
  const challenge = createHash("sha256").update(verifier).digest("base64url");
  if (!/^[A-Za-z0-9._~-]{43,128}$/.test(verifier) || challenge !== code.challenge) {
    return oidcError("InvalidGrantException", "Invalid code verifier");
  }
  return jsonResponse(200, signIn(state, client));
}

function redeemDeviceCode(state: State, client: Registration, fields: Fields): HttpResponse {
  const device = state.devices.get(String(fields.deviceCode));
  if (!device || device.clientId !== client.clientId) {
    return oidcError("InvalidGrantException", "Invalid device code");
  }
  const now = state.now();
  if (now >= device.expiresAt) return oidcError("ExpiredTokenException", "The device code has expired");
  const { lastPollAt } = device;
  device.lastPollAt = now;
  const tooSoon = lastPollAt !== undefined && now - lastPollAt < device.intervalSeconds * 1000 - EARLY_MS;
  if (state.settings.enforceInterval && tooSoon) {
    device.intervalSeconds += 5;
    return oidcError("SlowDownException", "Polling too fast");
  }
  switch (device.decision) {
    case "pending":
      return oidcError("AuthorizationPendingException", "The person has not decided yet");
    case "denied":
      return oidcError("AccessDeniedException", "The person denied the request");
    case "redeemed":
      return oidcError("InvalidGrantException", "The device code was used before");
    case "approved":
      device.decision = "redeemed";
      return jsonResponse(200, signIn(state, client));
  }
}

function refresh(state: State, client: Registration, fields: Fields): HttpResponse {
  const { settings } = state;
  const token = state.refreshTokens.get(String(fields.refreshToken));
  const now = state.now();
  const spent = token?.usedAt !== undefined && now - token.usedAt >= settings.refreshTokenGraceSeconds * 1000;
  if (!token || spent || token.session.clientId !== client.clientId || !isLive(token.session, now)) {
    return oidcError("InvalidGrantException", "Invalid refresh token provided");
  }
  const rotate = !settings.omitRefreshToken.includes("refresh");
  if (rotate) token.usedAt ??= now;
  return jsonResponse(200, issueTokens(state, token.session, rotate));
}
