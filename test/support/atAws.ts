import { temporaryProxy } from "./temporary.ts";

/** Variables that take the emulator's endpoints away. */
export const NO_ENDPOINTS = { AWS_ENDPOINT_URL_SSO: undefined, AWS_ENDPOINT_URL_SSO_OIDC: undefined };

/**
 * Variables with no endpoint, so that AWS's hosts are asked, and a proxy that only records them.
 */
export async function atAws(env: Record<string, string> = {}) {
  const { requests: asked, url: HTTPS_PROXY } = await temporaryProxy({ refuseWith: 503 });
  return { asked, env: { ...NO_ENDPOINTS, ...env, HTTPS_PROXY } };
}
