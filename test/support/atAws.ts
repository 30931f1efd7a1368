import { temporaryProxy } from "./temporary.ts";

/** No endpoint is configured, so AWS's hosts are asked, through a proxy that only notes them. */
export async function atAws(env: Record<string, string> = {}) {
  const { requests: asked, url: HTTPS_PROXY } = await temporaryProxy({ refuseWith: 503 });
  const none = { AWS_ENDPOINT_URL_SSO: undefined, AWS_ENDPOINT_URL_SSO_OIDC: undefined };
  return { asked, env: { ...none, ...env, HTTPS_PROXY } };
}
