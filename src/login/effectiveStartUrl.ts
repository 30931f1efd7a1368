import { httpExchange } from "../aws/httpHandler.ts";
import { resolveStartUrl, type StartUrlRequest } from "../aws/startUrl.ts";
import { SsoCredError } from "../errors.ts";
import type { SsoSession } from "../sso/types.ts";
import type { System } from "../system/system.ts";

type Surroundings = Pick<System, "env" | "now">;

/**
 * The start URL that the services are told: a company's own is followed to AWS's. Throws `config` when it leads to
 * another region than the session names: its token would be good for nothing here.
 */
export async function effectiveStartUrl(session: SsoSession, system: Surroundings): Promise<string> {
  const { startUrl, region } = await resolveStartUrl(session, startUrlRequest(session, system));
  if (region === session.region) return startUrl;
  const where = session.name === null ? "the profile" : `[sso-session ${session.name}]`;
  const message = `${session.startUrl} leads to the region ${region}, but ${where} says sso_region = ${session.region}; set sso_region = ${region}`;
  throw new SsoCredError("config", message);
}

export function startUrlRequest(
  session: Pick<SsoSession, "caBundle">,
  system: Surroundings,
): StartUrlRequest {
  const exchange = httpExchange(session, system);
  return async (method, url, timeoutMs) => {
    const request = { method, url: new URL(url), headers: {} };
    const { status, headers } = await exchange(request, { deadline: system.now() + timeoutMs });
    return { status, location: headers.location };
  };
}
