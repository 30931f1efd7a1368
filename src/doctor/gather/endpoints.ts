import { SsoCredError } from "../../errors.ts";
import { type Exchange, httpExchange } from "../../http/exchange.ts";
import { isAwsEndpoint, oidcEndpoint, ssoEndpoint } from "../../identityCenter/endpoints.ts";
import { resolveStartUrl, startUrlRequest } from "../../identityCenter/startUrl.ts";
import type { SsoSession } from "../../model.ts";
import type { System } from "../../platform/system.ts";
import type { EndpointFacts } from "../facts.ts";

/** The time for all requests of `doctor`. */
export const LIMITS = { connectMs: 4_000, totalMs: 5_000, responseBytes: 1024 * 1024 };

/**
 * Sends both services a request that they reject. The rejection proves name, connection, TLS and time, and gives the
 * service's clock.
 */
export async function gatherEndpoints(
  session: SsoSession,
  offline: boolean,
  system: System,
): Promise<EndpointFacts[]> {
  const exchange = httpExchange(session, system, LIMITS);
  const [portal, oidc] = [ssoEndpoint(session), oidcEndpoint(session)];
  const services = [
    { service: "portal" as const, url: portal, method: "GET", path: "/assignment/accounts" },
    { service: "OIDC" as const, url: oidc, method: "POST", path: "/token", body: "{}" },
  ];
  return await Promise.all(
    services.map(async ({ service, url, ...request }) => ({
      service,
      url,
      isAws: isAwsEndpoint(url),
      ...(offline ? {} : await probe(exchange, url, request, system)),
    })),
  );
}

/** Why a company's own start URL does not lead to AWS; AWS's own are not asked. */
export async function gatherStartUrl(session: SsoSession, system: System): Promise<string | undefined> {
  const request = startUrlRequest(session, system, { signal: system.interrupted });
  try {
    await resolveStartUrl(session, (method, url) => request(method, url, LIMITS.totalMs / 2));
    return undefined;
  } catch (error) {
    if (error instanceof SsoCredError) return error.message;
    throw error;
  }
}

async function probe(
  exchange: Exchange,
  endpoint: string,
  { method, path, body }: { method: string; path: string; body?: string },
  system: Pick<System, "now" | "interrupted">,
): Promise<Pick<EndpointFacts, "fault" | "milliseconds" | "clockOffsetMs">> {
  const url = new URL(endpoint + path);
  const startedAt = performance.now();
  try {
    const headers = body === undefined ? {} : { "content-type": "application/json" };
    const response = await exchange({ method, url, headers, body }, { signal: system.interrupted });
    const milliseconds = Math.round(performance.now() - startedAt);
    const date = Date.parse(response.headers.date ?? "");
    const clock = Number.isNaN(date) ? {} : { clockOffsetMs: date - system.now() };
    if (!isJson(response.body.toString("utf8")))
      return {
        fault: `${url.host} answered with HTTP ${response.status} and something that is not Identity Center's: a sign-in page of the network, or a proxy?`,
        ...clock,
      };
    return { milliseconds, ...clock };
  } catch (error) {
    if (error instanceof SsoCredError) return { fault: error.message };
    throw error;
  }
}

function isJson(text: string): boolean {
  try {
    return typeof JSON.parse(text) === "object";
  } catch {
    return false;
  }
}
