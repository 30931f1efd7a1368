import { SsoCredError } from "../../errors.ts";
import { type Exchange, type HttpRequest, httpExchange } from "../../http/exchange.ts";
import { classifyResponse, type Service } from "../../identityCenter/classifyResponse.ts";
import { isAwsEndpoint, oidcEndpoint, ssoEndpoint } from "../../identityCenter/endpoints.ts";
import { ServiceError } from "../../identityCenter/serviceError.ts";
import { resolveStartUrl, startUrlRequest } from "../../identityCenter/startUrl.ts";
import type { SsoSession } from "../../model.ts";
import type { System } from "../../platform/system.ts";
import type { EndpointFacts } from "../facts.ts";

/** The time for all requests of `doctor`. */
export const LIMITS = { connectMs: 4_000, totalMs: 5_000, responseBytes: 1024 * 1024 };

/** The rejection proves name, connection, TLS and time, and gives the service's clock. */
const PROBES: Readonly<Record<Service, Omit<HttpRequest, "url"> & { path: string }>> = {
  portal: { method: "GET", path: "/assignment/accounts", headers: { "x-amz-sso_bearer_token": "none" } },
  oidc: { method: "POST", path: "/token", headers: { "content-type": "application/json" }, body: "{}" },
};

export async function gatherEndpoints(
  session: SsoSession,
  offline: boolean,
  system: System,
): Promise<EndpointFacts[]> {
  const exchange = httpExchange(session, system, LIMITS);
  const urls = { portal: ssoEndpoint(session), oidc: oidcEndpoint(session) };
  return await Promise.all(
    (["portal", "oidc"] as const).map(async (service) => ({
      service,
      url: urls[service],
      isAws: isAwsEndpoint(urls[service]),
      ...(offline ? {} : await probe(exchange, urls[service], service, system)),
    })),
  );
}

/** Why a company's own start URL does not lead to AWS; AWS's own are not asked. */
export async function gatherStartUrl(session: SsoSession, system: System): Promise<string | undefined> {
  try {
    await resolveStartUrl(session, startUrlRequest(session, system, LIMITS.totalMs / 2));
    return undefined;
  } catch (error) {
    if (error instanceof SsoCredError) return error.message;
    throw error;
  }
}

async function probe(
  exchange: Exchange,
  endpoint: string,
  service: Service,
  { now, interrupted }: Pick<System, "now" | "interrupted">,
): Promise<Pick<EndpointFacts, "fault" | "milliseconds" | "clockOffsetMs">> {
  const { path, ...request } = PROBES[service];
  const url = new URL(endpoint + path);
  const startedAt = performance.now();
  let milliseconds: number | undefined;
  let clock = {};
  try {
    const response = await exchange({ ...request, url }, { signal: interrupted });
    milliseconds = Math.round(performance.now() - startedAt);
    const date = Date.parse(response.headers.date ?? "");
    if (!Number.isNaN(date)) clock = { clockOffsetMs: date - now() };
    classifyResponse(response, url.host, service);
    return { fault: `${url.host} takes a request that Identity Center rejects: is it a proxy?`, ...clock };
  } catch (error) {
    if (error instanceof ServiceError) return { milliseconds, ...clock };
    if (error instanceof SsoCredError) return { fault: error.message, ...clock };
    throw error;
  }
}
