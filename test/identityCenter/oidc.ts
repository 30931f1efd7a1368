import { type HttpResponse, type Incoming, jsonResponse } from "./http.ts";
import { DEVICE_CODE_GRANT, newUserCode, type Registration, type State, secret } from "./state.ts";

/** HTTP status and `error` of each exception of the OIDC service. */
const OIDC_ERRORS = {
  AuthorizationPendingException: [400, "authorization_pending"],
  SlowDownException: [400, "slow_down"],
  ExpiredTokenException: [400, "expired_token"],
  AccessDeniedException: [400, "access_denied"],
  InvalidGrantException: [400, "invalid_grant"],
  InvalidRequestException: [400, "invalid_request"],
  UnauthorizedClientException: [400, "unauthorized_client"],
  UnsupportedGrantTypeException: [400, "unsupported_grant_type"],
  InvalidScopeException: [400, "invalid_scope"],
  InvalidClientMetadataException: [400, "invalid_client_metadata"],
  InvalidRedirectUriException: [400, "invalid_redirect_uri"],
  InvalidClientException: [401, "invalid_client"],
  InternalServerException: [500, "server_error"],
} as const;

type OidcException = keyof typeof OIDC_ERRORS;

export function oidcError(exception: OidcException, description: string): HttpResponse {
  const [status, error] = OIDC_ERRORS[exception];
  return jsonResponse(status, { error, error_description: description }, { "x-amzn-ErrorType": exception });
}

export type Fields = Record<string, unknown>;

export function jsonFields(incoming: Incoming): Fields | undefined {
  const { body } = incoming;
  const isJson = incoming.headers["content-type"]?.startsWith("application/json");
  return isJson && typeof body === "object" && body !== null && !Array.isArray(body)
    ? (body as Fields)
    : undefined;
}

function strings(value: unknown): string[] | undefined {
  return Array.isArray(value) && value.every((item) => typeof item === "string") ? value : undefined;
}

/** The registered client of a request, or the error response. */
export function authenticate(state: State, fields: Fields): Registration | HttpResponse {
  const client = state.registrations.get(String(fields.clientId));
  if (!client || client.clientSecret !== fields.clientSecret) {
    return oidcError("InvalidClientException", "Invalid client or client secret provided");
  }
  if (state.now() >= client.expiresAt) {
    return oidcError("InvalidClientException", "The client secret has expired");
  }
  return client;
}

export const CALLBACK_URI = "http://127.0.0.1/oauth/callback";

export function registerClient(state: State, incoming: Incoming): HttpResponse {
  const fields = jsonFields(incoming);
  if (!fields) return oidcError("InvalidRequestException", "The body is not a JSON object");
  if (typeof fields.clientName !== "string" || fields.clientName === "" || fields.clientType !== "public") {
    return oidcError("InvalidClientMetadataException", "clientName and clientType public are required");
  }
  const scopes = fields.scopes === undefined ? [] : strings(fields.scopes);
  if (!scopes) return oidcError("InvalidScopeException", "scopes is not a list of strings");
  const grantTypes =
    fields.grantTypes === undefined ? [DEVICE_CODE_GRANT, "refresh_token"] : strings(fields.grantTypes);
  if (!grantTypes) return oidcError("InvalidRequestException", "grantTypes is not a list of strings");
  const redirectUris = strings(fields.redirectUris) ?? [];
  if (grantTypes.includes("authorization_code")) {
    if (redirectUris.length === 0 || redirectUris.some((uri) => uri !== CALLBACK_URI)) {
      return oidcError("InvalidRedirectUriException", `redirectUris must be ["${CALLBACK_URI}"]`);
    }
    const refused = refusedStartUrl(state, fields.issuerUrl);
    if (refused) return refused;
  }
  const client: Registration = {
    clientId: secret("", 16),
    clientSecret: secret("eyJ", 300),
    expiresAt: state.now() + state.settings.registrationSeconds * 1000,
    scopes,
    grantTypes,
    redirectUris,
  };
  state.registrations.set(client.clientId, client);
  return jsonResponse(200, {
    clientId: client.clientId,
    clientSecret: client.clientSecret,
    clientIdIssuedAt: Math.floor(state.now() / 1000),
    clientSecretExpiresAt: Math.floor(client.expiresAt / 1000),
  });
}

export function startDeviceAuthorization(state: State, incoming: Incoming): HttpResponse {
  const fields = jsonFields(incoming);
  if (!fields) return oidcError("InvalidRequestException", "The body is not a JSON object");
  const client = authenticate(state, fields);
  if ("status" in client) return client;
  if (!client.grantTypes.includes(DEVICE_CODE_GRANT)) {
    return oidcError("UnauthorizedClientException", "The client is not registered for device codes");
  }
  const refused = refusedStartUrl(state, fields.startUrl);
  if (refused) return refused;
  const { deviceSeconds, intervalSeconds } = state.settings;
  const deviceCode = secret("", 32);
  const userCode = newUserCode();
  state.devices.set(deviceCode, {
    userCode,
    clientId: client.clientId,
    expiresAt: state.now() + deviceSeconds * 1000,
    intervalSeconds,
    lastPollAt: undefined,
    decision: "pending",
  });
  return jsonResponse(200, {
    deviceCode,
    userCode,
    verificationUri: `${state.oidcUrl}/device`,
    verificationUriComplete: `${state.oidcUrl}/device?user_code=${userCode}`,
    expiresIn: deviceSeconds,
    interval: intervalSeconds,
  });
}

function refusedStartUrl(state: State, startUrl: unknown): HttpResponse | undefined {
  const accepted =
    typeof startUrl === "string" &&
    (state.settings.startUrl === undefined
      ? startUrl.startsWith("https://")
      : startUrl === state.settings.startUrl);
  return accepted ? undefined : oidcError("InvalidRequestException", "Invalid start URL");
}
