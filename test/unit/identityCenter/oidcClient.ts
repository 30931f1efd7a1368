import { createHash, randomBytes } from "node:crypto";
import type { IdentityCenter } from "../../identityCenter/identityCenter.ts";

export const REDIRECT = "http://127.0.0.1:5555/oauth/callback";
export const DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";

interface Reply {
  status: number;
  errorType: string | null;
  body: Record<string, unknown>;
}

/** A bare OIDC client that spells every field out. */
export async function post(center: IdentityCenter, path: string, body: object): Promise<Reply> {
  const response = await fetch(center.urls.oidc + path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const errorType = response.headers.get("x-amzn-errortype");
  return { status: response.status, errorType, body: (await response.json()) as Reply["body"] };
}

export async function registerForCode(center: IdentityCenter, changes: object = {}): Promise<Reply> {
  return post(center, "/client/register", {
    clientName: "test",
    clientType: "public",
    grantTypes: ["authorization_code", "refresh_token"],
    redirectUris: ["http://127.0.0.1/oauth/callback"],
    issuerUrl: "https://d-1234567890.awsapps.com/start",
    scopes: ["sso:account:access"],
    ...changes,
  });
}

export async function registerForDevice(
  center: IdentityCenter,
): Promise<{ clientId: string; clientSecret: string }> {
  const { body } = await post(center, "/client/register", {
    clientName: "test",
    clientType: "public",
    scopes: ["sso:account:access"],
  });
  return { clientId: String(body.clientId), clientSecret: String(body.clientSecret) };
}

/** Visits /authorize. Returns the status and, for a redirect, the callback's parameters. */
export async function authorize(
  center: IdentityCenter,
  clientId: unknown,
  changes: Record<string, string> = {},
) {
  const verifier = randomBytes(48).toString("base64url");
  const parameters = new URLSearchParams({
    response_type: "code",
    client_id: String(clientId),
    redirect_uri: REDIRECT,
    state: "the-state",
    code_challenge_method: "S256",
    scopes: "sso:account:access",
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    ...changes,
  });
  const url = `${center.urls.oidc}/authorize?${parameters}`;
  const response = await fetch(url, { redirect: "manual" });
  const location = response.headers.get("location");
  const callback = new URLSearchParams(location?.split("?")[1]);
  return { url, verifier, status: response.status, location, callback, page: await response.text() };
}

export async function portalGet(center: IdentityCenter, path: string, accessToken: unknown): Promise<Reply> {
  const headers = { "x-amz-sso_bearer_token": String(accessToken) };
  const response = await fetch(center.urls.portal + path, { headers });
  return { status: response.status, errorType: null, body: (await response.json()) as Reply["body"] };
}
